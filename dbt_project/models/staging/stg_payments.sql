select
    transaction_code || ':' || outcome as payment_key,
    revision_id,
    row_number,
    system,
    delivering_unit,
    export_date,
    transaction_code,
    dossier_code,
    procedure_code,
    unit as unit_code,
    amount_vnd,
    cast(gateway as integer) as gateway,
    outcome,
    paid_at
from {{ source('raw', 'payments') }}
