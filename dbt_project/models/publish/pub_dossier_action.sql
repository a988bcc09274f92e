-- What can still be done about a dossier, with the row that speaks for it: the units above and the periods that it
-- counts for are added by pub_action.
select
    x.handling_unit,
    x.received_date,
    x.as_of_date,
    x.action,
    x.system,
    x.dossier_code,
    x.procedure_code,
    x.status,
    x.deadline,
    x.working_days_left,
    x.criterion,
    x.is_dissatisfied,
    f.path,
    f.revision,
    x.revision_id,
    x.row_number,
    f.export_date,
    f.sha256
from {{ ref('int_dossier_action') }} as x
left join {{ ref('fct_delivery') }} as f on x.revision_id = f.revision_id
