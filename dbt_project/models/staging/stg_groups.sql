select
    method,
    group_name,
    position,
    name_vi,
    name_en,
    max_score
from {{ source('raw', 'reg_groups') }}
