-- Overdue dossiers with a sent letter by unit and period, with those of the units below.
select
    a.ancestor_code as unit_code,
    p.period_id,
    sum(case when l.apologised_from_date <= p.as_of_date then l.apologised else 0 end) as overdue_with_apology
from {{ ref('int_apology_daily') }} as l
inner join {{ ref('dim_period_day') }} as p on l.received_date = p.day
inner join {{ ref('dim_unit_ancestry') }} as a
    on
        l.unit_code = a.descendant_code
        and l.received_date between a.holds_from and a.holds_to
group by
    a.ancestor_code,
    p.period_id
