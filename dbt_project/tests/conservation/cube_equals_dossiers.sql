-- The cube counts every dossier that has a day of receipt, exactly once, in its cell.
with cube as (

    select
        unit_code,
        received_date,
        sum(received) as received,
        sum(resolved) as resolved,
        sum(dissatisfied) as dissatisfied
    from {{ ref('fct_dossier_daily') }}
    group by
        unit_code,
        received_date

),

dossiers as (

    select
        handling_unit as unit_code,
        received_date,
        count(*) as received,
        count(*) filter (where timeliness in ('early', 'on_the_day', 'overdue')) as resolved,
        count(*) filter (where is_dissatisfied) as dissatisfied
    from {{ ref('fct_dossier') }}
    where received_date is not null
    group by
        handling_unit,
        received_date

)

select
    coalesce(c.unit_code, d.unit_code) as unit_code,
    coalesce(c.received_date, d.received_date) as received_date
from cube as c
full outer join dossiers as d
    on
        c.unit_code = d.unit_code
        and c.received_date = d.received_date
where
    c.received is distinct from d.received
    or c.resolved is distinct from d.resolved
    or c.dissatisfied is distinct from d.dissatisfied
