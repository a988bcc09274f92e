-- Between which scores and ranks a ranked unit stands whatever the rows that are not known turn out to be. Ahead of it
-- are at least those whose least total exceeds its greatest one, at most those whose greatest total exceeds its least
-- one, units among them that are not ranked yet and may be. By dense ties equal totals share a rank: certain ones count
-- once a total.
with intervals as (

    select
        unit_code,
        period_id,
        method,
        sum(score_low) as score_low,
        sum(score_high) as score_high
    from {{ ref('fct_score_interval') }}
    group by
        unit_code,
        period_id,
        method

),

standing as (

    select
        r.unit_code,
        r.period_id,
        r.method,
        r.province_code,
        r.ranked_level,
        r.total,
        r.rank,
        r.is_few_dossiers,
        m.tie_rule,
        i.score_low + r.adjustment as score_low,
        i.score_high + r.adjustment as score_high,
        coalesce(u.dossiers, 0) as unknown_dossiers,
        coalesce(u.petitions, 0) as unknown_petitions,
        r.rank is not null and (
            coalesce(u.dossiers, 0) = 0
            or coalesce(
                w.dossiers_in_exports > u.dossiers
                and (
                    w.dossiers_on_portal is null
                    or (w.dossiers_in_exports - u.dossiers) * 100 >= m.least_coverage_percent * w.dossiers_on_portal
                ),
                false
            )
        ) as stays_ranked,
        r.rank is not null
        or r.rank_null_reason = 'incomplete_deliveries'
        or (r.rank_null_reason in ('no_dossiers', 'incomplete_coverage') and coalesce(u.dossiers, 0) > 0) as may_be_ranked,
        case
            when s.denominator > 0 then {{ half_up_gain('0', '1', 's.denominator', 'c.max_score', 'c.full_at_percent') }}
        end as one_dossier_points
    from {{ ref('fct_ranking') }} as r
    inner join {{ ref('dim_method') }} as m on r.method = m.method
    inner join intervals as i
        on
            r.unit_code = i.unit_code
            and r.period_id = i.period_id
            and r.method = i.method
    left join {{ ref('int_unit_period_unknown') }} as u
        on
            r.unit_code = u.unit_code
            and r.period_id = u.period_id
    left join {{ ref('fct_unit_completeness') }} as w
        on
            r.unit_code = w.unit_code
            and r.period_id = w.period_id
    left join {{ ref('fct_unit_score') }} as s
        on
            r.unit_code = s.unit_code
            and r.period_id = s.period_id
            and r.method = s.method
            and s.criterion = 'PROCESSING_ON_TIME'
    left join {{ ref('dim_criterion') }} as c
        on
            s.method = c.method
            and s.criterion = c.criterion
    where r.ranked_level is not null

),

ranked as (

    select
        *,
        lead(rank) over (partition by period_id, method, province_code, ranked_level order by rank, unit_code) as next_in_order
    from standing
    where rank is not null

),

-- the next rank below, of which the units at one rank agree
placed as (

    select
        *,
        max(next_in_order) over (partition by period_id, method, province_code, ranked_level, rank) as next_rank
    from ranked

),

-- What is said of the unit is grouped by, not joined again: of a comparison PostgreSQL expects one row, and would make it
-- anew for every unit.
compared as (

    select
        r.unit_code,
        r.period_id,
        r.method,
        r.unknown_dossiers,
        r.unknown_petitions,
        r.score_low,
        r.score_high,
        r.tie_rule,
        r.one_dossier_points,
        r.is_few_dossiers,
        count(*) filter (where o.stays_ranked and o.score_low > r.score_high) as surely_ahead,
        count(distinct o.total) filter (
            where r.tie_rule = 'dense' and o.stays_ranked and o.score_low > r.score_high and o.score_low = o.score_high
        ) as sure_totals_ahead,
        count(*) filter (where o.may_be_ranked and o.score_high > r.score_low) as perhaps_ahead,
        count(*) filter (where o.may_be_ranked and o.score_high > r.score_low and o.score_low < o.score_high)
        + count(distinct o.total) filter (
            where r.tie_rule = 'dense' and o.may_be_ranked and o.score_high > r.score_low and o.score_low = o.score_high
        ) as perhaps_totals_ahead,
        max(o.score_high) filter (where o.rank = r.rank or o.rank = r.next_rank) as highest_next
    from placed as r
    left join standing as o
        on
            r.period_id = o.period_id
            and r.method = o.method
            and r.province_code = o.province_code
            and r.ranked_level = o.ranked_level
            and r.unit_code <> o.unit_code
    group by
        r.unit_code,
        r.period_id,
        r.method,
        r.unknown_dossiers,
        r.unknown_petitions,
        r.score_low,
        r.score_high,
        r.tie_rule,
        r.one_dossier_points,
        r.is_few_dossiers

)

select
    unit_code,
    period_id,
    method,
    cast(unknown_dossiers as bigint) as unknown_dossiers,
    cast(unknown_petitions as bigint) as unknown_petitions,
    cast(score_low as decimal(9, 2)) as score_low,
    cast(score_high as decimal(9, 2)) as score_high,
    cast(
        1 + case
            when tie_rule = 'dense' then greatest(sure_totals_ahead, least(surely_ahead, 1))
            else surely_ahead
        end as integer
    ) as rank_best,
    cast(1 + case when tie_rule = 'dense' then perhaps_totals_ahead else perhaps_ahead end as integer) as rank_worst,
    one_dossier_points,
    score_low > highest_next as is_distinguishable_from_next,
    is_few_dossiers
from compared
