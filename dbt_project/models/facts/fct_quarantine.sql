select
    q.revision_id,
    q.row_number,
    q.dataset,
    q.system,
    q.delivering_unit,
    q.export_date,
    q.rule,
    q.rules,
    q.payload,
    d.path,
    coalesce(d.is_in_force, false) as is_in_force
from {{ ref('stg_quarantine') }} as q
left join {{ ref('stg_deliveries') }} as d on q.revision_id = d.revision_id
