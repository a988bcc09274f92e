select
    kind as period_kind,
    period_start,
    period_end,
    label_vi,
    label_en,
    series
from {{ source('raw', 'reg_periods') }}
