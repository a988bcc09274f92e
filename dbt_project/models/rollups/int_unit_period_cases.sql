-- Cases of each signal by unit and period of receipt, and the dossiers received that they are out of; the units below
-- count too. A dossier without a day of receipt is in no period.
with cases as (

    select
        a.ancestor_code as unit_code,
        p.period_id,
        c.signal,
        min(c.signal_vi) as signal_vi,
        min(c.signal_en) as signal_en,
        count(*) as cases
    from {{ ref('fct_integrity_case') }} as c
    inner join {{ ref('dim_unit_ancestry') }} as a
        on
            c.handling_unit = a.descendant_code
            and c.received_date between a.holds_from and a.holds_to
    inner join {{ ref('dim_period_day') }} as p on c.received_date = p.day
    group by
        a.ancestor_code,
        p.period_id,
        c.signal

),

received as (

    select
        unit_code,
        period_id,
        sum(received) as received
    from {{ ref('int_unit_period_dossiers') }}
    group by
        unit_code,
        period_id

)

select
    c.unit_code,
    c.period_id,
    c.signal,
    c.signal_vi,
    c.signal_en,
    c.cases,
    cast(coalesce(r.received, 0) as bigint) as of_cases
from cases as c
left join received as r
    on
        c.unit_code = r.unit_code
        and c.period_id = r.period_id
