-- Overdue dossiers with a sent letter by unit, day of receipt and the day from which both are true: like the cube, it
-- answers every as_of date.
select
    d.handling_unit as unit_code,
    d.received_date,
    greatest(d.overdue_from_date, a.first_apology_date) as apologised_from_date,
    count(*) as apologised
from {{ ref('int_dossier_apology') }} as a
inner join {{ ref('fct_dossier') }} as d on a.dossier_key = d.dossier_key
where
    d.received_date is not null
    and d.overdue_from_date is not null
group by
    d.handling_unit,
    d.received_date,
    greatest(d.overdue_from_date, a.first_apology_date)
