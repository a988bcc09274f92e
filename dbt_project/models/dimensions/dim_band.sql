select
    method,
    band,
    name_vi,
    name_en,
    lower_bound,
    valid_from,
    valid_to,
    source
from {{ source('raw', 'reg_bands') }}
