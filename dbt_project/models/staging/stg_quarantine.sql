select
    revision_id,
    row_number,
    dataset,
    system,
    delivering_unit,
    export_date,
    rule,
    rules,
    payload
from {{ source('raw', 'quarantine') }}
