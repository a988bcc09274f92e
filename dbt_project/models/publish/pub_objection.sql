-- Objections with their answers, and the form that each came on.
select
    o.objection_key,
    o.unit_code,
    o.objection_number,
    cast(o.period_start as {{ dbt.type_string() }}) || '_' || cast(o.period_end as {{ dbt.type_string() }}) as period_id,
    o.criterion,
    o.period_start,
    o.period_end,
    o.objection_reason,
    o.dossiers,
    o.dossier_codes,
    o.filed_on,
    o.window_ends,
    o.is_late,
    o.state,
    o.answered_by,
    o.answered_on,
    o.answer_note,
    o.revision_id,
    f.path,
    f.revision,
    f.export_date,
    f.sha256
from {{ ref('fct_objection') }} as o
left join {{ ref('fct_delivery') }} as f on o.revision_id = f.revision_id
