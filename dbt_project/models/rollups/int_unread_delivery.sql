-- What the deliveries of dossiers that are missing or can't be read may hold, by the unit and period that it would count
-- for: the most rows of that unit and period that one readable file of the same system, deliverer and month of export
-- held (not the median: half of the files hold more, and a rank has to lie in its interval whatever they bring).
-- Held rows count in a file, too. Who delivered nothing readable in that month is taken at its fullest file, who never
-- delivered at the system's, for itself and for every period begun by then.
with unread as (

    select
        system,
        unit_code as delivering_unit,
        export_date,
        date_trunc('month', export_date) as export_month
    from {{ ref('fct_expected_delivery') }}
    where
        dataset = 'dossiers'
        and is_expected
        and status in ('missing', 'refused')

),

months as (

    select distinct
        system,
        delivering_unit,
        export_month
    from unread

),

readable as (

    select
        system,
        unit_code as delivering_unit,
        export_date,
        date_trunc('month', export_date) as export_month,
        rows_accepted + rows_quarantined as file_rows
    from {{ ref('fct_expected_delivery') }}
    where
        dataset = 'dossiers'
        and status in ('on_time', 'late')

),

rows_of_files as (

    select
        d.system,
        d.delivering_unit,
        m.export_month,
        d.export_date,
        d.handling_unit as unit_code,
        d.received_date,
        count(*) as n_rows
    from {{ ref('stg_dossiers') }} as d
    inner join months as m
        on
            d.system = m.system
            and d.delivering_unit = m.delivering_unit
            and date_trunc('month', d.export_date) = m.export_month
    where d.received_date is not null
    group by
        d.system,
        d.delivering_unit,
        m.export_month,
        d.export_date,
        d.handling_unit,
        d.received_date

    union all

    select
        q.system,
        q.delivering_unit,
        m.export_month,
        q.export_date,
        h.unit_code,
        h.last_day as received_date,
        count(*) as n_rows
    from {{ ref('fct_quarantine') }} as q
    inner join months as m
        on
            q.system = m.system
            and q.delivering_unit = m.delivering_unit
            and date_trunc('month', q.export_date) = m.export_month
    inner join {{ ref('int_held_place') }} as h
        on
            q.revision_id || ':' || cast(q.row_number as {{ dbt.type_string() }}) = h.row_key
            and h.unknown_kind = 'dossiers'
    where
        q.is_in_force
        and q.dataset = 'dossiers'
    group by
        q.system,
        q.delivering_unit,
        m.export_month,
        q.export_date,
        h.unit_code,
        h.last_day

),

files as (

    select
        r.system,
        r.delivering_unit,
        r.export_month,
        r.export_date,
        r.unit_code,
        p.period_id,
        sum(r.n_rows) as n_rows
    from rows_of_files as r
    inner join {{ ref('dim_period_day') }} as p on r.received_date = p.day
    group by
        r.system,
        r.delivering_unit,
        r.export_month,
        r.export_date,
        r.unit_code,
        p.period_id

),

usual as (

    select
        system,
        delivering_unit,
        export_month,
        unit_code,
        period_id,
        max(n_rows) as n_rows
    from files
    group by
        system,
        delivering_unit,
        export_month,
        unit_code,
        period_id

),

-- deliverers without one readable file in the month
silent as (

    select
        m.system,
        m.delivering_unit,
        m.export_month,
        coalesce(
            (
                select max(r.file_rows)
                from readable as r
                where
                    r.system = m.system
                    and r.delivering_unit = m.delivering_unit
            ),
            (select max(r.file_rows) from readable as r where r.system = m.system),
            0
        ) as n_rows
    from months as m
    where
        not exists (
            select 1
            from readable as r
            where
                r.system = m.system
                and r.delivering_unit = m.delivering_unit
                and r.export_month = m.export_month
        )

)

select
    u.system,
    u.delivering_unit,
    u.export_date,
    s.unit_code,
    s.period_id,
    s.n_rows
from unread as u
inner join usual as s
    on
        u.system = s.system
        and u.delivering_unit = s.delivering_unit
        and u.export_month = s.export_month
inner join {{ ref('dim_period') }} as p
    on
        s.period_id = p.period_id
        and u.export_date >= p.period_start

union all

select
    u.system,
    u.delivering_unit,
    u.export_date,
    u.delivering_unit as unit_code,
    p.period_id,
    s.n_rows
from unread as u
inner join silent as s
    on
        u.system = s.system
        and u.delivering_unit = s.delivering_unit
        and u.export_month = s.export_month
inner join {{ ref('dim_period') }} as p on u.export_date >= p.period_start
