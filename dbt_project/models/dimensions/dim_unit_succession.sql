-- Which span follows which. A unit goes on by itself under its code, unless a merger says where it went; with another
-- administrative code and no merger nobody knows whether it is the same territory, and nothing follows.
with continuing as (

    select
        a.span_key as old_span_key,
        b.span_key as new_span_key,
        b.span_from as effective_from,
        cast(1 as decimal(7, 6)) as share,
        a.level as old_level,
        b.level as new_level
    from {{ ref('dim_unit_span') }} as a
    inner join {{ ref('dim_unit_span') }} as b
        on
            a.unit_code = b.unit_code
            and a.span_to = b.span_from - 1
            and coalesce(a.admin_code, '') = coalesce(b.admin_code, '')
    where
        not exists (
            select 1
            from {{ ref('dim_unit_merger') }} as m
            where
                a.unit_code = m.old_unit_code
                and b.span_from = m.effective_from
        )

),

merging as (

    select
        coalesce(
            a.span_key, '?' || m.old_level || ':' || m.old_admin_code || ':until:' || cast(m.effective_from as {{ dbt.type_string() }})
        ) as old_span_key,
        coalesce(b.span_key, '?' || m.new_admin_code || ':from:' || cast(m.effective_from as {{ dbt.type_string() }})) as new_span_key,
        m.effective_from,
        case
            when count(*) over (partition by m.old_level, m.old_admin_code, m.effective_from) = 1
                then cast(1 as decimal(7, 6))
            else m.weight
        end as share,
        m.old_level,
        b.level as new_level
    from {{ ref('dim_unit_merger') }} as m
    left join {{ ref('dim_unit_span') }} as a
        on
            m.old_unit_code = a.unit_code
            and m.effective_from - 1 = a.span_to
    left join {{ ref('dim_unit_span') }} as b
        on
            m.new_unit_code = b.unit_code
            and m.effective_from = b.span_from

),

united as (

    select * from continuing

    union all

    select * from merging

)

select
    old_span_key,
    new_span_key,
    effective_from,
    share,
    count(*) over (partition by new_span_key) > 1 as is_merging,
    coalesce(old_level <> new_level, false) as is_task_moved
from united
