select
    rule_set,
    status,
    position,
    end_basis,
    expects_date
from {{ source('raw', 'reg_ending_rules') }}
