select
    rule_set,
    name_vi,
    name_en,
    compare,
    minus_supplement,
    several_supplements,
    without_due,
    withdrawn,
    waiting,
    source
from {{ source('raw', 'reg_timeliness_rules') }}
