-- Every span of a unit and the units of the last business day to which its territory came, over as many mergers as it
-- took. Where all of it came to one unit, it is whole; else the weights along the way say how much, if they are known.
with {{ recursive() }} today as (

    select coalesce(max(as_of_date), max(period_end)) as day
    from {{ ref('dim_period') }}

),

steps as (

    select s.*
    from {{ ref('dim_unit_succession') }} as s
    inner join today as t on s.effective_from <= t.day

),

{% call(before) repeated('reached', steps=8) %}
{% if not before %}
    select
        s.span_key as part_key,
        s.span_key as reached_key,
        cast(1 as decimal(13, 12)) as share,
        false as is_merged,
        false as is_task_moved
    from {{ ref('dim_unit_span') }} as s
    inner join today as t on s.span_from <= t.day
{% else %}
    select
        r.part_key,
        s.new_span_key as reached_key,
        cast(r.share * s.share as decimal(13, 12)) as share,
        r.is_merged or s.is_merging as is_merged,
        r.is_task_moved or s.is_task_moved as is_task_moved
    from {{ before }} as r
    inner join steps as s on r.reached_key = s.old_span_key
{% endif %}
{% endcall %},

ends as (

    select
        r.part_key,
        case when e.span_to >= t.day then e.unit_code end as unit_code,
        coalesce(case when e.span_to >= t.day then e.unit_code end, r.reached_key) as end_key,
        case when count(*) = count(r.share) then sum(r.share) end as share,
        bool_or(r.is_merged) as is_merged,
        bool_or(r.is_task_moved) as is_task_moved,
        max(e.span_key) as end_span_key
    from reached as r
    inner join {{ ref('dim_unit_span') }} as e on r.reached_key = e.span_key
    cross join today as t
    where not exists (select 1 from steps as s where r.reached_key = s.old_span_key)
    group by
        1,
        2,
        3

),

counted as (

    select
        *,
        count(*) over (partition by part_key) as n_ends,
        count(unit_code) over (partition by part_key) as n_units
    from ends

)

select
    coalesce(c.unit_code, p.unit_code) as unit_code,
    case when c.unit_code is null then p.unit_name else e.unit_name end as unit_name,
    case when c.unit_code is null then p.level else e.level end as level,
    c.part_key,
    p.unit_code as part_code,
    p.admin_code as part_admin_code,
    p.unit_name as part_name,
    p.level as part_level,
    p.span_from,
    p.span_to,
    p.holds_from,
    p.holds_to,
    cast(case when c.n_ends = 1 then 1 else c.share end as decimal(13, 12)) as share,
    c.is_merged,
    c.is_task_moved or (c.unit_code is null and p.level = 'district') as is_task_moved,
    c.unit_code is null as is_ended,
    p.unit_code = e.unit_code
    and coalesce(p.admin_code, '') = coalesce(e.admin_code, '')
    and p.unit_name = e.unit_name
    and coalesce(p.unit_kind, '') = coalesce(e.unit_kind, '') as is_unchanged
from counted as c
inner join {{ ref('dim_unit_span') }} as p on c.part_key = p.span_key
inner join {{ ref('dim_unit_span') }} as e on c.end_span_key = e.span_key
-- an end without a unit of today matters only where it is the unit's only end
where
    c.unit_code is not null
    or (c.n_units = 0 and p.unit_code is not null)
