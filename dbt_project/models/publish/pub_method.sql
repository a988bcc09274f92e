-- Each scoring method and the rules by which its scores become a ranking.
select
    method,
    name_vi as method_vi,
    name_en as method_en,
    source as method_source,
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
from {{ ref('dim_method') }}
