-- Contract, section 4: rows read = accepted + quarantined + duplicates, for every file revision.
select
    revision_id,
    rows_read,
    rows_accepted,
    rows_quarantined,
    rows_duplicate
from {{ ref('fct_delivery') }}
where rows_read <> rows_accepted + rows_quarantined + rows_duplicate
