-- The indicators with names, rules and legal source.
select
    indicator,
    name_vi,
    name_en,
    dataset,
    numerator_rule,
    denominator_rule,
    numerator_rule_en,
    denominator_rule_en,
    unit_of_measure,
    source,
    additivity
from {{ ref('dim_indicator') }}
