select
    system,
    system_name,
    dataset,
    dialect,
    unit_code,
    valid_from,
    valid_to,
    due_days,
    due_time
from {{ ref('stg_system_units') }}
