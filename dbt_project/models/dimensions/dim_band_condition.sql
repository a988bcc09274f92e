select
    method,
    band,
    valid_from,
    criterion,
    least_percent
from {{ source('raw', 'reg_band_conditions') }}
