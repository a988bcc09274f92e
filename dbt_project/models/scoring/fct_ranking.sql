-- Ranks within province and level. Totals are compared as they stand: a unit's maximum attainable says which criteria
-- were computed. Ties share a rank. A unit without a single dossier is not ranked: its zeros say nothing. Units of
-- different days are not ranked together: a period that a merger falls into ranks the units in force at its end.
with totals as (

    select
        unit_code,
        period_id,
        method,
        sum(score) as total,
        sum(max_score) as max_attainable,
        max(case when criterion = 'PROCESSING_ON_TIME' then denominator else 0 end) as dossiers
    from {{ ref('fct_unit_score') }}
    group by
        unit_code,
        period_id,
        method

),

described as (

    select
        t.*,
        u.unit_name,
        u.level,
        u.province_code,
        u.ranked_level,
        p.period_kind,
        p.period_start,
        p.period_end,
        case
            when u.ranked_level is null then 'level_not_ranked'
            when not u.is_in_force then 'not_in_force'
            when t.dossiers = 0 then 'no_dossiers'
        end as rank_null_reason
    from totals as t
    inner join {{ ref('dim_unit_period') }} as u
        on
            t.unit_code = u.unit_code
            and t.period_id = u.period_id
    inner join {{ ref('dim_period') }} as p on t.period_id = p.period_id

),

ranked as (

    select
        *,
        case
            when rank_null_reason is null
                then
                    rank() over (
                        partition by period_id, method, province_code, ranked_level, rank_null_reason
                        order by total desc
                    )
        end as place,
        case
            when rank_null_reason is null
                then count(*) over (partition by period_id, method, province_code, ranked_level, rank_null_reason)
        end as ranked_units
    from described

),

bands as (

    select
        r.unit_code,
        r.period_id,
        r.method,
        max(b.lower_bound) as lower_bound
    from ranked as r
    inner join {{ ref('dim_band') }} as b
        on
            r.method = b.method
            and r.period_end between b.valid_from and coalesce(b.valid_to, {{ doomsday() }})
            and r.total * 100 >= b.lower_bound * r.max_attainable
    where r.max_attainable > 0
    group by
        r.unit_code,
        r.period_id,
        r.method

),

previous as (

    -- The period of the same kind that ends the day before this one starts.
    select
        p.period_id,
        q.period_id as previous_period_id
    from {{ ref('dim_period') }} as p
    inner join {{ ref('dim_period') }} as q
        on
            p.period_kind = q.period_kind
            and p.period_start - 1 = q.period_end
    where p.period_kind in ('month', 'quarter', 'year')

)

select
    r.unit_code,
    r.period_id,
    r.method,
    r.unit_name,
    r.level,
    r.province_code,
    r.ranked_level,
    cast(r.total as decimal(9, 2)) as total,
    cast(r.max_attainable as decimal(9, 2)) as max_attainable,
    cast({{ half_up_ratio('r.total', 'r.max_attainable') }} * 100 as decimal(9, 4)) as percent_of_attainable,
    cast(r.place as integer) as rank,
    cast(r.ranked_units as integer) as ranked_units,
    n.band,
    n.name_vi as band_vi,
    n.name_en as band_en,
    cast(q.place as integer) as previous_rank,
    cast(q.place - r.place as integer) as rank_change,
    r.rank_null_reason
from ranked as r
left join bands as b
    on
        r.unit_code = b.unit_code
        and r.period_id = b.period_id
        and r.method = b.method
        and r.dossiers > 0
left join {{ ref('dim_band') }} as n
    on
        b.method = n.method
        and b.lower_bound = n.lower_bound
        and r.period_end between n.valid_from and coalesce(n.valid_to, {{ doomsday() }})
left join previous as v on r.period_id = v.period_id
left join ranked as q
    on
        v.previous_period_id = q.period_id
        and r.unit_code = q.unit_code
        and r.method = q.method
        and r.ranked_level = q.ranked_level
        and r.province_code = q.province_code
