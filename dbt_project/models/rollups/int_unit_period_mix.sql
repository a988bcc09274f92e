-- How many dossiers of which procedure a unit had in a period, those of the units below it included: the mix by which
-- units are likened to each other. Only periods among which one follows another.
select
    a.ancestor_code as unit_code,
    p.period_id,
    d.procedure_code,
    sum(d.received) as received
from {{ ref('int_procedure_daily') }} as d
inner join {{ ref('dim_period_day') }} as y on d.received_date = y.day
inner join {{ ref('dim_period') }} as p
    on
        y.period_id = p.period_id
        and p.period_series is not null
inner join {{ ref('dim_unit_ancestry') }} as a
    on
        d.unit_code = a.descendant_code
        and d.received_date between a.holds_from and a.holds_to
group by
    a.ancestor_code,
    p.period_id,
    d.procedure_code
