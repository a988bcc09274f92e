select
    revision_id,
    row_number,
    system,
    delivering_unit,
    export_date,
    feedback_code,
    unit as unit_code,
    dossier_code,
    kind as feedback_kind,
    received_at,
    cast(received_at as date) as received_date,
    due_at,
    answered_at,
    satisfied as is_satisfied
from {{ source('raw', 'feedback') }}
