select
    method,
    lower_bound
from {{ source('raw', 'reg_volume_classes') }}
