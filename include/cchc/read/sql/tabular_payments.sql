select
    file_no,
    row_number,
    row_hash,
    transaction_code,
    dossier_code,
    procedure_code,
    unit,
    amount_vnd,
    gateway,
    outcome,
    paid_at
from source_rows
