-- One row a unit and row of its form: each measure, and of how many dossiers it cannot be told. The same text for DuckDB
-- and PostgreSQL; count.py fills in what stands behind a dollar.
with asked as (

    select
        cast(? as date) as first_day,
        cast(? as date) as last_day,
        cast(? as date) as late_before,
        cast(? as varchar) as waiting,
        cast(? as varchar) as withdrawn,
        cast(? as varchar) as rejected,
        cast(? as varchar) as stopped

),

-- A commune's area is its own, that of a department the province's.
area as (

    select
        unit_code,
        case when level in ('commune', 'district') then unit_code else coalesce(parent_code, unit_code) end as area_code
    from pub.unit_latest_v1

),

-- Whose apology letters come at all: of the others nothing tells whether there is one.
lettered as (

    select distinct b.unit_code
    from pub.delivery_board_v1 as b
    cross join asked as q
    where b.dataset = 'apologies' and b.export_date <= q.last_day

),

placed as (

    select
        x.*,
        q.*,
        cast(x.submitted_at as date) as submitted_date,
        -- the day that says in which span of the unit tree a dossier belongs
        coalesce(x.received_date, cast(x.submitted_at as date), x.export_date) as anchor_date,
        case x.status
            when 5 then q.waiting
            when 7 then q.withdrawn
            when 3 then q.rejected
            when 8 then q.stopped
        end as place,
        -- a state without its date began at the latest on the day of the file that tells it
        coalesce(x.waiting_since_date, x.export_date) as waits_from,
        case
            when x.status = 5 and q.waiting in ('running', 'running_within') then null
            when x.status = 5 then coalesce(x.waiting_since_date, x.export_date)
            when x.status in (3, 7, 8) then coalesce(cast(x.ended_at as date), x.export_date)
            else cast(x.ended_at as date)
        end as left_date
    from pub.dossier_trail_v1 as x
    cross join asked as q

),

moved as (

    select
        p.*,
        coalesce(p.received_date between p.first_day and p.last_day, false) as is_new,
        -- finished on a day that no file tells: between its receipt and the file that says so
        case
            when p.is_ended_without_date and p.received_date < p.first_day and p.export_date >= p.first_day then null
            when p.is_ended_without_date then false
            else coalesce(p.received_date < p.first_day and (p.left_date is null or p.left_date >= p.first_day), false)
        end as is_carried,
        case
            when p.is_ended_without_date and p.export_date < p.first_day then false
            when p.is_ended_without_date and p.received_date >= p.first_day and p.export_date <= p.last_day then true
            when p.is_ended_without_date and p.received_date <= p.last_day then null
            else coalesce(p.left_date between p.first_day and p.last_day, false)
        end as has_left,
        case
            when p.is_ended_without_date and p.export_date <= p.last_day then false
            when p.is_ended_without_date and p.received_date <= p.last_day then null
            else coalesce(p.received_date <= p.last_day and (p.left_date is null or p.left_date > p.last_day), false)
        end as is_running,
        -- filed online and not received by the last day, nor rejected, withdrawn or stopped by then
        case
            when p.channel <> 'online' then false
            when p.received_date <= p.last_day or p.left_date <= p.last_day then false
            when p.submitted_at is not null then p.submitted_date <= p.last_day
            when p.received_date is null and p.status <> 1 then false
        end as is_pending
    from placed as p

),

facts as (

    select
        m.*,
        (m.is_new or m.is_carried) and m.has_left and coalesce(m.place, 'resolved') <> 'none' as is_resolved,
        (m.is_new or m.is_carried) and m.has_left and m.place = 'none' as is_left_out,
        case
            when m.place = 'on_time' then 'on_the_day'
            when m.timeliness in ('early', 'on_the_day', 'overdue') then m.timeliness
        end as resolved_as,
        case
            when m.place = 'running_within' and m.waits_from <= m.last_day then false
            when m.open_overdue_from_date is not null then m.open_overdue_from_date <= m.last_day
            when m.timeliness <> 'not_judged' then false
        end as is_late,
        case when m.online_level <> 'unverified' then m.online_level end as online_service,
        not m.is_obligated and m.online_level is not null as owes_nothing,
        l.unit_code is not null as are_letters_delivered,
        case
            when m.receiving_unit = m.handling_unit then false
            when r.area_code is not null and h.area_code is not null then up.unit_code is null and down.unit_code is null
        end as is_filed_elsewhere
    from moved as m
    left join lettered as l on m.handling_unit = l.unit_code
    left join area as r on m.receiving_unit = r.unit_code and m.receiving_unit <> m.handling_unit
    left join area as h on m.handling_unit = h.unit_code and m.receiving_unit <> m.handling_unit
    left join pub.unit_ancestry_v1 as up
        on
            r.area_code = up.unit_code
            and h.area_code = up.descendant_code
            and m.received_date between up.holds_from and up.holds_to
    left join pub.unit_ancestry_v1 as down
        on
            h.area_code = down.unit_code
            and r.area_code = down.descendant_code
            and m.received_date between down.holds_from and down.holds_to
    where m.is_new or coalesce(m.is_carried or m.has_left or m.is_running or m.is_pending, true)

),

-- First without the units above: a dossier counts in several forms, and is judged once.
daily as (

    select
        f.handling_unit,
        f.anchor_date,
        f.procedure_level,
        f.procedure_field,
        $measures
    from facts as f
    group by
        f.handling_unit,
        f.anchor_date,
        f.procedure_level,
        f.procedure_field

)

select
    a.unit_code,
    $row,
    $sums
from daily as d
inner join pub.unit_ancestry_v1 as a
    on
        d.handling_unit = a.descendant_code
        and d.anchor_date between a.holds_from and a.holds_to
where $units
group by
    1,
    2,
    3
order by
    1,
    2,
    3
