-- From a letter back to the file, and to the dossier it speaks of.
select
    x.letter_key,
    x.system,
    x.unit_code,
    x.dossier_key,
    x.dossier_code,
    x.join_status,
    x.letter_number,
    x.signed_at,
    x.new_due_at,
    x.is_sent,
    f.path,
    f.revision,
    x.revision_id,
    x.row_number,
    x.export_date,
    f.sha256
from {{ ref('fct_apology') }} as x
left join {{ ref('fct_delivery') }} as f on x.revision_id = f.revision_id
