select
    method,
    name_vi,
    name_en,
    source,
    valid_from,
    valid_to,
    is_default,
    max_score,
    late_days,
    objection_days,
    tie_rule,
    least_volume,
    least_deliveries_percent,
    least_coverage_percent,
    nearest_peers
from {{ source('raw', 'reg_methods') }}
