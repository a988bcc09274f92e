-- The register of known errors of sources.
select
    number as correction_number,
    dataset,
    system,
    key as dossier_code,
    column_name,
    expected_old,
    new_value,
    reason as correction_reason,
    status as correction_status,
    objection as objection_key,
    decided_by,
    decided_on,
    valid_from,
    valid_to
from {{ source('raw', 'reg_corrections') }}
