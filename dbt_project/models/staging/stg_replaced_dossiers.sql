select
    system || ':' || dossier_code as dossier_key,
    revision_id,
    row_number,
    system,
    delivering_unit,
    export_date,
    dossier_code,
    handling_unit,
    cast(received_at as date) as received_date,
    due_at,
    cast(status as integer) as status
from {{ source('raw', 'replaced_dossiers') }}
