select
    unit || ':' || dossier_code || ':' || cast(letter_number as {{ dbt.type_string() }}) as letter_key,
    revision_id,
    row_number,
    system,
    delivering_unit,
    export_date,
    unit as unit_code,
    dossier_code,
    cast(letter_number as integer) as letter_number,
    signed_at,
    new_due_at,
    sent as is_sent
from {{ source('raw', 'apologies') }}
