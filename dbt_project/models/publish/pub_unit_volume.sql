select
    v.unit_code,
    u.unit_name,
    u.level,
    v.period_id,
    p.period_kind,
    p.period_start,
    p.period_end,
    v.scope,
    v.received,
    v.online,
    v.resolved,
    v.early,
    v.on_the_day,
    v.overdue_resolved,
    v.running,
    v.running_overdue,
    v.digitised
from {{ ref('fct_unit_volume') }} as v
inner join {{ ref('dim_unit_period') }} as u
    on
        v.unit_code = u.unit_code
        and v.period_id = u.period_id
inner join {{ ref('dim_period') }} as p on v.period_id = p.period_id
