select
    indicator,
    name_vi,
    name_en,
    dataset,
    numerator_rule,
    denominator_rule,
    unit_of_measure,
    source
from {{ source('raw', 'reg_indicators') }}
