-- Known errors of sources: what was delivered, what counts in its place, and whether it still does.
select
    correction_number,
    dataset,
    system,
    dossier_code,
    handling_unit,
    column_name,
    expected_old,
    new_value,
    delivered_value,
    effect,
    rows_applied,
    correction_reason,
    correction_status,
    objection_key,
    decided_by,
    decided_on
from {{ ref('fct_correction') }}
