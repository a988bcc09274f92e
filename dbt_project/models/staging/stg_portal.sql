select
    revision_id,
    row_number,
    system,
    delivering_unit,
    export_date,
    unit_code,
    lower(unit_level) as unit_level,
    unit_name,
    period_start,
    period_end,
    criterion,
    numerator,
    denominator,
    published_ratio as published_percent,
    published_score,
    max_score
from {{ source('raw', 'portal') }}
