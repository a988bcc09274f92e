-- Points that a province takes off or gives, by the periods they are of: a layer beside the computed scores.
select
    a.adjustment,
    a.unit_code,
    p.period_id,
    a.method,
    a.criterion,
    a.points,
    a.reason,
    a.evidence,
    a.approved_by,
    a.decided_on
from {{ source('raw', 'reg_adjustments') }} as a
inner join {{ ref('dim_period') }} as p
    on
        a.period_start = p.period_start
        and a.period_end = p.period_end
