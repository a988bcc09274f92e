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
    is_verified,
    note
from {{ ref('dim_index_scheme') }}
