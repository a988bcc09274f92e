select
    g.unit_code,
    u.unit_name,
    u.level,
    g.period_id,
    p.period_kind,
    p.period_start,
    p.period_end,
    g.method,
    m.is_default as is_default_method,
    g.group_name,
    g.score,
    g.max_attainable,
    g.max_score,
    g.n_criteria,
    g.is_complete
from {{ ref('fct_unit_group_score') }} as g
inner join {{ ref('dim_unit_period') }} as u
    on
        g.unit_code = u.unit_code
        and g.period_id = u.period_id
inner join {{ ref('dim_period') }} as p on g.period_id = p.period_id
inner join {{ ref('fct_period_method') }} as m
    on
        g.period_id = m.period_id
        and g.method = m.method
