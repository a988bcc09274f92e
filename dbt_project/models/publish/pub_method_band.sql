-- The classes of each method with their bounds: what a total still lacks to the next one.
select
    method,
    band,
    name_vi as band_vi,
    name_en as band_en,
    lower_bound,
    valid_from,
    valid_to,
    source
from {{ ref('dim_band') }}
