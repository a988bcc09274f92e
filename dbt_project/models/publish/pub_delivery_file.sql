-- Every file that the warehouse stands on: accepted and in force. What a published edition names as its inputs.
select
    system,
    unit_code,
    export_date,
    dataset,
    revision,
    path,
    sha256,
    size_bytes,
    rows_read,
    rows_accepted,
    rows_quarantined,
    rows_duplicate,
    destroyed_on,
    destroyed_basis
from {{ ref('fct_delivery') }}
where
    outcome = 'accepted'
    and is_in_force
