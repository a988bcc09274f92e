-- The periods that everything is reported by.
select
    p.period_id,
    p.period_kind,
    p.is_to_date,
    p.period_start,
    p.period_end,
    p.as_of_date,
    p.is_complete,
    p.period_series,
    p.label_vi as period_vi,
    p.label_en as period_en,
    m.method as default_method
from {{ ref('dim_period') }} as p
left join {{ ref('fct_period_method') }} as m
    on
        p.period_id = m.period_id
        and m.is_default
