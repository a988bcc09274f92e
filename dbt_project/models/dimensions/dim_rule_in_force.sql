select
    rule_set,
    valid_from,
    valid_to,
    source
from {{ source('raw', 'reg_rules_in_force') }}
