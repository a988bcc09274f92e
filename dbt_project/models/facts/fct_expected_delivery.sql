-- What should have come: every unit and dataset of a system on every business day since the system's first delivery.
-- A business day is a day on which any system delivered. Files that speak of periods (portal, declared) make none; where nothing is due
-- daily (due_days is null) nothing is expected. The same rule stands in cchc/deliveries, for looks before any build.
with business_days as (

    select distinct export_date
    from {{ ref('stg_deliveries') }}
    where dataset not in {{ by_period() }}

),

systems as (

    select
        system,
        min(export_date) as first_day
    from {{ ref('stg_deliveries') }}
    where dataset not in {{ by_period() }}
    group by system

),

-- a clock that lags behind the data is not believed
clock as (

    select greatest({{ local_now() }}, coalesce(max(arrived_at), {{ local_now() }})) as now_at
    from {{ ref('stg_deliveries') }}

),

expected as (

    select
        r.system,
        r.unit_code,
        b.export_date,
        r.dataset,
        min(cast(cast(b.export_date + r.due_days as {{ dbt.type_string() }}) || ' ' || r.due_time || ':00' as timestamp)) as due_at
    from {{ ref('dim_system_unit') }} as r
    inner join systems as s on r.system = s.system
    inner join business_days as b
        on
            s.first_day <= b.export_date
            and r.valid_from <= b.export_date
            and coalesce(r.valid_to, {{ doomsday() }}) >= b.export_date
    where r.dataset not in {{ by_period() }} and r.due_days is not null
    group by
        r.system,
        r.unit_code,
        b.export_date,
        r.dataset

),

delivered as (

    select
        system,
        unit_code,
        export_date,
        dataset,
        count(*) as revisions,
        bool_or(outcome = 'accepted') as is_readable,
        min(arrived_at) filter (where outcome = 'accepted') as first_readable_at,
        min(due_at) as due_at,
        min(reason) filter (where outcome = 'refused') as refused_reason,
        coalesce(sum(rows_read) filter (where is_in_force), 0) as rows_read,
        coalesce(sum(rows_accepted) filter (where is_in_force), 0) as rows_accepted,
        coalesce(sum(rows_quarantined) filter (where is_in_force), 0) as rows_quarantined,
        coalesce(sum(rows_duplicate) filter (where is_in_force), 0) as rows_duplicate
    from {{ ref('fct_delivery') }}
    where dataset not in {{ by_period() }}
    group by
        system,
        unit_code,
        export_date,
        dataset

),

keys as (

    select
        system,
        unit_code,
        export_date,
        dataset
    from expected

    union

    select
        system,
        unit_code,
        export_date,
        dataset
    from delivered

)

select
    k.system,
    k.unit_code,
    k.export_date,
    k.dataset,
    case
        when d.revisions is null and c.now_at <= e.due_at then 'waiting'
        when d.revisions is null then 'missing'
        when not d.is_readable then 'refused'
        when d.first_readable_at > d.due_at then 'late'
        else 'on_time'
    end as status,
    e.system is not null as is_expected,
    cast(coalesce(d.revisions, 0) as integer) as revisions,
    d.first_readable_at,
    d.due_at,
    d.refused_reason,
    cast(coalesce(d.rows_read, 0) as bigint) as rows_read,
    cast(coalesce(d.rows_accepted, 0) as bigint) as rows_accepted,
    cast(coalesce(d.rows_quarantined, 0) as bigint) as rows_quarantined,
    cast(coalesce(d.rows_duplicate, 0) as bigint) as rows_duplicate
from keys as k
cross join clock as c
left join expected as e
    on
        k.system = e.system
        and k.unit_code = e.unit_code
        and k.export_date = e.export_date
        and k.dataset = e.dataset
left join delivered as d
    on
        k.system = d.system
        and k.unit_code = d.unit_code
        and k.export_date = d.export_date
        and k.dataset = d.dataset
