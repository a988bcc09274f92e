select
    method,
    name_vi,
    name_en,
    source,
    valid_from,
    valid_to,
    is_default
from {{ source('raw', 'reg_methods') }}
