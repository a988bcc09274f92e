select
    c.unit_code,
    u.unit_name,
    c.period_id,
    c.method,
    c.criterion,
    c.published_score,
    c.recomputed_score,
    c.is_equal
from {{ ref('fct_portal_check') }} as c
inner join {{ ref('dim_unit_period') }} as u
    on
        c.unit_code = u.unit_code
        and c.period_id = u.period_id
