select
    system,
    system_name,
    dataset,
    dialect,
    unit as unit_code,
    valid_from,
    valid_to,
    due_days,
    due_time
from {{ source('raw', 'reg_system_units') }}
