select
    unit || ':' || objection_number as objection_key,
    revision_id,
    row_number,
    system,
    delivering_unit,
    export_date,
    unit as unit_code,
    objection_number,
    criterion,
    period_start,
    period_end,
    dossier_code,
    objection_reason,
    filed_at
from {{ source('raw', 'objections') }}
