-- Petition counts by unit and period, with those of the units below.
select
    a.ancestor_code as unit_code,
    p.period_id,
    sum(f.petitions) as petitions,
    sum(case when f.overdue_from_date <= p.as_of_date then f.petitions else 0 end) as petitions_overdue,
    sum(case when f.overdue_from_date <= p.as_of_date then f.petitions else f.dissatisfied end)
        as petitions_overdue_or_dissatisfied
from {{ ref('int_feedback_daily') }} as f
inner join {{ ref('dim_period_day') }} as p on f.received_date = p.day
inner join {{ ref('dim_unit_ancestry') }} as a
    on
        f.unit_code = a.descendant_code
        and f.received_date between a.holds_from and a.holds_to
group by
    a.ancestor_code,
    p.period_id
