select
    method,
    criterion,
    group_name,
    position,
    max_score,
    full_at_percent,
    zero_denominator,
    name_vi,
    name_en,
    source
from {{ source('raw', 'reg_criteria') }}
