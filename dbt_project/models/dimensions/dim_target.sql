select
    indicator,
    unit_code,
    level,
    period_from,
    period_to,
    operator,
    target_percent,
    source
from {{ source('raw', 'reg_targets') }}
