select
    scheme,
    node,
    indicator,
    valid_from,
    valid_to,
    source,
    verified as is_verified
from {{ source('raw', 'reg_index_figures') }}
