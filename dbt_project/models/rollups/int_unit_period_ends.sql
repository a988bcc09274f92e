-- Dossiers with a due time that ended, and those of them that ended on the very day of it, by unit (those below count
-- too) and period of receipt. The end as written: no waiting time is taken off.
with cells as (

    select
        handling_unit,
        received_date,
        count(*) as ends,
        count(*) filter (where cast(ended_at as date) = cast(due_at as date)) as ends_on_due_day
    from {{ ref('fct_dossier') }}
    where
        ended_at is not null
        and due_at is not null
        and received_date is not null
    group by
        handling_unit,
        received_date

)

select
    a.ancestor_code as unit_code,
    p.period_id,
    cast(sum(c.ends) as bigint) as ends,
    cast(sum(c.ends_on_due_day) as bigint) as ends_on_due_day
from cells as c
inner join {{ ref('dim_unit_ancestry') }} as a
    on
        c.handling_unit = a.descendant_code
        and c.received_date between a.holds_from and a.holds_to
inner join {{ ref('dim_period_day') }} as p on c.received_date = p.day
group by
    a.ancestor_code,
    p.period_id
