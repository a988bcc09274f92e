-- For which predecessors files came at all in a period: of the unit, of one below it, or, where no system delivers for the
-- unit itself, of one above. Without any, a zero is no count but a gap.
with related as (

    select
        ancestor_code as part_code,
        descendant_code as unit_code,
        false as is_above,
        holds_from,
        holds_to
    from {{ ref('dim_unit_ancestry') }}

    union all

    select
        descendant_code as part_code,
        ancestor_code as unit_code,
        true as is_above,
        holds_from,
        holds_to
    from {{ ref('dim_unit_ancestry') }}
    where depth > 0

),

parts as (

    select distinct
        part_code,
        period_id
    from {{ ref('int_restated_part') }}
    where
        is_required
        and (is_merged or part_code <> unit_code or share is null or share < 1)

),

files as (

    select distinct
        d.dataset,
        d.unit_code,
        d.export_date,
        p.period_id
    from {{ ref('fct_delivery') }} as d
    inner join {{ ref('dim_period_day') }} as p on d.export_date = p.day
    where
        d.outcome = 'accepted'
        and d.is_in_force
        and p.period_id in (select period_id from parts)

)

select distinct
    p.part_code,
    p.period_id,
    f.dataset
from parts as p
inner join related as r on p.part_code = r.part_code
inner join files as f
    on
        p.period_id = f.period_id
        and r.unit_code = f.unit_code
        and f.export_date between r.holds_from and r.holds_to
where
    not r.is_above
    or not exists (
        select 1
        from {{ ref('dim_system_unit') }} as s
        where
            p.part_code = s.unit_code
            and f.dataset = s.dataset
            and f.export_date between s.valid_from and coalesce(s.valid_to, {{ doomsday() }})
    )
