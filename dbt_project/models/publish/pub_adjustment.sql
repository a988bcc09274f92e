select
    a.adjustment,
    a.unit_code,
    u.unit_name,
    u.province_code,
    a.period_id,
    a.method,
    a.criterion,
    a.points,
    a.reason,
    a.evidence,
    a.approved_by,
    a.decided_on
from {{ ref('dim_adjustment') }} as a
inner join {{ ref('dim_unit_period') }} as u
    on
        a.unit_code = u.unit_code
        and a.period_id = u.period_id
