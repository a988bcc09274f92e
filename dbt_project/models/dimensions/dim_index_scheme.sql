select
    scheme,
    family,
    name_vi,
    name_en,
    level,
    issuer,
    decision,
    valid_from,
    valid_to,
    source,
    verified as is_verified,
    note
from {{ source('raw', 'reg_index_schemes') }}
