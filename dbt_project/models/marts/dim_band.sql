select
    method,
    band,
    name_vi,
    name_en,
    lower_bound,
    valid_from,
    valid_to,
    source
from {{ ref('stg_bands') }}
