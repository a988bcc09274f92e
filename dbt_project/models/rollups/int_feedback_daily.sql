-- Petitions (phản ánh, kiến nghị) by unit, day of receipt and the day from which they are overdue. Ratings are none.
select
    unit_code,
    received_date,
    coalesce(overdue_from_date, {{ doomsday() }}) as overdue_from_date,
    count(*) as petitions,
    count(*) filter (where is_satisfied = false) as dissatisfied
from {{ ref('fct_feedback') }}
where
    feedback_kind in ('regulation', 'staff')
    and received_date is not null
group by
    unit_code,
    received_date,
    coalesce(overdue_from_date, {{ doomsday() }})
