-- From a petition figure back to the file. Overdue at as_of <=> overdue_from_date <= as_of; ratings are in no petition figure.
select
    x.feedback_code,
    x.system,
    x.unit_code,
    x.feedback_kind as kind,
    x.dossier_code,
    x.join_status,
    x.received_at,
    x.received_date,
    x.due_at,
    x.answered_at,
    x.is_satisfied,
    x.overdue_from_date,
    x.is_without_due_at,
    f.path,
    f.revision,
    x.revision_id,
    x.row_number,
    x.export_date,
    f.sha256
from {{ ref('fct_feedback') }} as x
left join {{ ref('fct_delivery') }} as f on x.revision_id = f.revision_id
