-- Ranks within province and level. Totals are compared as they stand: a unit's maximum attainable says which criteria
-- were computed. Ties share a rank. Not ranked: a unit without a single dossier (its zeros say nothing), one that was no
-- more in force at the period's end (units of different days are not ranked together), and one whose exports lack more
-- than the method allows. A province's adjustments stand beside the computed total.
with computed as (

    select
        unit_code,
        period_id,
        method,
        sum(score) as computed_total,
        sum(max_score) as max_attainable,
        max(case when criterion = 'PROCESSING_ON_TIME' then denominator else 0 end) as dossiers
    from {{ ref('fct_unit_score') }}
    group by
        unit_code,
        period_id,
        method

),

adjustments as (

    select
        unit_code,
        period_id,
        method,
        sum(points) as adjustment
    from {{ ref('dim_adjustment') }}
    group by
        unit_code,
        period_id,
        method

),

totals as (

    select
        c.unit_code,
        c.period_id,
        c.method,
        c.computed_total,
        coalesce(a.adjustment, 0) as adjustment,
        c.computed_total + coalesce(a.adjustment, 0) as total,
        c.max_attainable,
        c.dossiers
    from computed as c
    left join adjustments as a
        on
            c.unit_code = a.unit_code
            and c.period_id = a.period_id
            and c.method = a.method

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
        m.tie_rule,
        coalesce(t.dossiers < m.least_volume, false) as is_few_dossiers,
        case
            when u.ranked_level is null then 'level_not_ranked'
            when not u.is_in_force then 'not_in_force'
            when t.dossiers = 0 then 'no_dossiers'
            -- what the portal published in a unit's place lacks none of its deliveries
            when i.source <> 'exports' then null
            when w.deliveries_readable * 100 < m.least_deliveries_percent * w.deliveries_due then 'incomplete_deliveries'
            when w.dossiers_in_exports * 100 < m.least_coverage_percent * w.dossiers_on_portal then 'incomplete_coverage'
        end as rank_null_reason
    from totals as t
    inner join {{ ref('dim_method') }} as m on t.method = m.method
    inner join {{ ref('dim_unit_period') }} as u
        on
            t.unit_code = u.unit_code
            and t.period_id = u.period_id
    inner join {{ ref('dim_period') }} as p on t.period_id = p.period_id
    left join {{ ref('fct_unit_completeness') }} as w
        on
            t.unit_code = w.unit_code
            and t.period_id = w.period_id
    left join {{ ref('fct_unit_indicator') }} as i
        on
            t.unit_code = i.unit_code
            and t.period_id = i.period_id
            and i.indicator = 'PROCESSING_ON_TIME'
            and i.is_used

),

ranked as (

    select
        *,
        case
            when rank_null_reason is null and tie_rule = 'dense' then dense_rank() over in_order
            when rank_null_reason is null then rank() over in_order
        end as place,
        case
            when rank_null_reason is null
                then count(*) over (partition by period_id, method, province_code, ranked_level, rank_null_reason)
        end as ranked_units
    from described
    window
        in_order as (
            partition by period_id, method, province_code, ranked_level, rank_null_reason
            order by total desc
        )

),

-- a class whose further condition a unit does not meet; a ratio without a denominator meets none
unmet as (

    select distinct
        r.unit_code,
        r.period_id,
        c.method,
        c.band,
        c.valid_from
    from {{ ref('dim_band_condition') }} as c
    inner join ranked as r on c.method = r.method
    left join {{ ref('fct_unit_score') }} as s
        on
            r.unit_code = s.unit_code
            and r.period_id = s.period_id
            and r.method = s.method
            and c.criterion = s.criterion
    where coalesce(s.numerator * 100 < c.least_percent * s.denominator or s.denominator = 0, true)

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
            and (r.total * 100 >= b.lower_bound * r.max_attainable or b.lower_bound = 0)
    left join unmet as x
        on
            r.unit_code = x.unit_code
            and r.period_id = x.period_id
            and b.method = x.method
            and b.band = x.band
            and b.valid_from = x.valid_from
    where
        r.max_attainable > 0
        and x.unit_code is null
    group by
        r.unit_code,
        r.period_id,
        r.method

),

previous as (

    -- The period of the same series that ends the day before this one starts.
    select
        p.period_id,
        q.period_id as previous_period_id
    from {{ ref('dim_period') }} as p
    inner join {{ ref('dim_period') }} as q
        on
            p.period_series = q.period_series
            and p.period_start - 1 = q.period_end

)

select
    r.unit_code,
    r.period_id,
    r.method,
    r.unit_name,
    r.level,
    r.province_code,
    r.ranked_level,
    cast(r.dossiers as bigint) as dossiers,
    cast(r.computed_total as decimal(9, 2)) as computed_total,
    cast(r.adjustment as decimal(9, 2)) as adjustment,
    cast(r.total as decimal(9, 2)) as total,
    cast(r.max_attainable as decimal(9, 2)) as max_attainable,
    cast({{ half_up_ratio('greatest(r.total, 0)', 'r.max_attainable') }} * 100 as decimal(9, 4)) as percent_of_attainable,
    cast(r.place as integer) as rank,
    cast(r.ranked_units as integer) as ranked_units,
    n.band,
    n.name_vi as band_vi,
    n.name_en as band_en,
    cast(q.place as integer) as previous_rank,
    cast(q.place - r.place as integer) as rank_change,
    r.is_few_dossiers,
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
