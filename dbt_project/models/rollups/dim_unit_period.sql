{{ config(schema='marts', contract={'enforced': true}) }}
-- A unit as it was in a period: the version with the latest start among those valid in it, else the nearest one.
-- Units that only the portal publishes carry the portal's name and level.
with versions as (

    select
        s.unit_code,
        s.period_id,
        u.unit_name,
        u.level,
        u.parent_code,
        u.valid_from <= p.period_end and coalesce(u.valid_to, {{ doomsday() }}) >= p.period_start as is_valid_in_period,
        bool_or(
            coalesce(p.as_of_date, p.period_end) between u.valid_from and coalesce(u.valid_to, {{ doomsday() }})
        ) over (partition by s.unit_code, s.period_id) as is_in_force,
        row_number() over (
            partition by s.unit_code, s.period_id
            order by
                case when u.valid_from <= p.period_end then 0 else 1 end,
                case when u.valid_from <= p.period_end then u.valid_from end desc nulls last,
                u.valid_from
        ) as position
    from {{ ref('int_unit_period') }} as s
    inner join {{ ref('dim_period') }} as p on s.period_id = p.period_id
    inner join {{ ref('dim_unit') }} as u on s.unit_code = u.unit_code

),

provinces as (

    select
        a.descendant_code,
        p.period_id,
        min(a.ancestor_code) as province_code
    from {{ ref('dim_unit_ancestry') }} as a
    inner join {{ ref('dim_period') }} as p
        on coalesce(p.as_of_date, p.period_end) between a.holds_from and a.holds_to
    inner join {{ ref('dim_unit') }} as u
        on
            a.ancestor_code = u.unit_code
            and u.level = 'province'
    group by
        a.descendant_code,
        p.period_id

),

published as (

    select
        s.unit_code,
        p.period_id,
        max(s.unit_name) as unit_name,
        max(s.unit_level) as level
    from {{ ref('stg_portal') }} as s
    inner join {{ ref('dim_period') }} as p
        on
            s.period_start = p.period_start
            and s.period_end = p.period_end
    group by
        s.unit_code,
        p.period_id

),

described as (

    select
        s.unit_code,
        s.period_id,
        coalesce(v.unit_name, w.unit_name, s.unit_code) as unit_name,
        coalesce(v.level, w.level) as level,
        coalesce(v.parent_code, case when v.unit_code is null and s.unit_code like '%.%' then split_part(s.unit_code, '.', 1) end)
            as parent_code,
        coalesce(a.province_code, split_part(s.unit_code, '.', 1)) as province_code,
        coalesce(v.is_valid_in_period, false) as is_valid_in_period,
        coalesce(v.is_in_force, true) as is_in_force,
        v.unit_code is not null as is_registered
    from {{ ref('int_unit_period') }} as s
    left join versions as v
        on
            s.unit_code = v.unit_code
            and s.period_id = v.period_id
            and v.position = 1
    left join published as w
        on
            s.unit_code = w.unit_code
            and s.period_id = w.period_id
    left join provinces as a
        on
            s.unit_code = a.descendant_code
            and s.period_id = a.period_id

)

select
    unit_code,
    period_id,
    unit_name,
    level,
    parent_code,
    province_code,
    case
        when level in ('commune', 'district') then level
        when level = 'department' and parent_code = province_code then level
    end as ranked_level,
    is_valid_in_period,
    is_in_force,
    is_registered
from described
