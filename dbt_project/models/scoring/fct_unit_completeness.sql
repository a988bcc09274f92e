-- How much of a unit's dossiers reached us: readable deliveries of those due, and dossiers of those the portal counts.
-- Of the unit and of all below it. Coverage is unknown (null) where either side counts nothing.
with days as (

    select
        unit_code,
        export_date,
        count(*) as due,
        count(*) filter (where status in ('on_time', 'late')) as readable
    from {{ ref('fct_expected_delivery') }}
    where
        dataset = 'dossiers'
        and is_expected
        and status <> 'waiting'
    group by
        unit_code,
        export_date

),

deliveries as (

    select
        a.ancestor_code as unit_code,
        p.period_id,
        sum(d.due) as due,
        sum(d.readable) as readable
    from days as d
    inner join {{ ref('dim_period_day') }} as p on d.export_date = p.day
    inner join {{ ref('dim_unit_ancestry') }} as a
        on
            d.unit_code = a.descendant_code
            and d.export_date between a.holds_from and a.holds_to
    group by
        a.ancestor_code,
        p.period_id

),

dossiers as (

    select
        unit_code,
        period_id,
        max(case when source = 'exports' then denominator end) as in_exports,
        max(case when source = 'portal' then denominator end) as on_portal
    from {{ ref('fct_unit_indicator') }}
    where indicator = 'PROCESSING_ON_TIME'
    group by
        unit_code,
        period_id

),

counted as (

    select
        s.unit_code,
        s.period_id,
        coalesce(d.due, 0) as due,
        coalesce(d.readable, 0) as readable,
        case when s.in_exports > 0 then s.in_exports end as in_exports,
        case when s.on_portal > 0 then s.on_portal end as on_portal
    from dossiers as s
    left join deliveries as d
        on
            s.unit_code = d.unit_code
            and s.period_id = d.period_id

)

select
    unit_code,
    period_id,
    cast(due as bigint) as deliveries_due,
    cast(readable as bigint) as deliveries_readable,
    cast({{ half_up_ratio('readable', 'due') }} * 100 as decimal(9, 4)) as deliveries_percent,
    cast(in_exports as bigint) as dossiers_in_exports,
    cast(on_portal as bigint) as dossiers_on_portal,
    cast({{ half_up_ratio('in_exports', 'on_portal') }} * 100 as decimal(12, 4)) as coverage_percent
from counted
