-- What an edition says of a unit, beside what follows from it. A per cent fits half-up or truncated at its digits; or
-- only points with more digits than were published give it (unrounded), and then which; else it differs. Nothing is
-- replaced. The version of a component is the one in force on the last day of the edition's year.
with stated as (

    select
        v.*,
        e.scheme,
        e.year,
        e.edition_revision,
        e.is_latest_revision,
        e.ranked_units,
        n.parent,
        n.node_kind,
        n.max_score,
        n.max_basis,
        e.period_end,
        {{ whole('v.score', 10000) }} as score_units,
        {{ whole('n.max_score', 10000) }} as max_units,
        {{ whole('v.percent', 10000) }} as percent_units,
        case v.percent_digits when 0 then 1 when 1 then 10 when 2 then 100 else 1000 end as scale,
        case v.percent_digits when 0 then 10000 when 1 then 1000 when 2 then 100 else 10 end as step,
        case v.percent_digits when 0 then 5000 when 1 then 500 when 2 then 50 else 5 end as half_percent,
        case v.score_digits when 0 then 5000 when 1 then 500 when 2 then 50 else 5 end as half_score
    from {{ ref('stg_index_values') }} as v
    inner join {{ ref('dim_index_edition') }} as e on v.edition = e.edition
    left join {{ ref('dim_index_node') }} as n
        on
            e.scheme = n.scheme
            and v.node = n.node
            and e.period_end >= n.valid_from
            and (n.valid_to is null or e.period_end <= n.valid_to)

),

-- how many parts a component has on that day, and how many of them have points; a penalty is taken off
expected_parts as (

    select
        e.edition,
        n.parent as node,
        count(*) as parts
    from {{ ref('dim_index_edition') }} as e
    inner join {{ ref('dim_index_node') }} as n
        on
            e.scheme = n.scheme
            and e.period_end >= n.valid_from
            and (n.valid_to is null or e.period_end <= n.valid_to)
    where n.parent is not null
    group by e.edition, n.parent

),

found_parts as (

    select
        edition,
        unit_code,
        parent as node,
        count(score) as parts_with_score,
        sum(case when node_kind = 'penalty' then -abs(score) else score end) as parts_score
    from stated
    where parent is not null
    group by edition, unit_code, parent

),

recomputed as (

    select
        s.*,
        x.parts,
        f.parts_with_score,
        cast(f.parts_score as decimal(18, 4)) as parts_score,
        case
            when s.score_units >= 0 and s.max_units > 0
                then {{ half_up_quotient('s.score_units * 100 * s.scale', 's.max_units') }} * s.step
        end as half_up_units,
        case
            when s.score_units >= 0 and s.max_units > 0
                then {{ whole_quotient('s.score_units * 100 * s.scale', 's.max_units') }} * s.step
        end as truncated_units,
        (s.percent_units - s.half_percent) * s.max_units as low_units,
        (s.percent_units + s.half_percent) * s.max_units as high_units
    from stated as s
    left join expected_parts as x
        on
            s.edition = x.edition
            and s.node = x.node
    left join found_parts as f
        on
            s.edition = f.edition
            and s.unit_code = f.unit_code
            and s.node = f.node

),

fitted as (

    select
        *,
        case
            when half_up_units is null or percent_units is null then 'no_data'
            when half_up_units = percent_units and truncated_units = percent_units then 'equal'
            when half_up_units = percent_units then 'half_up'
            when truncated_units = percent_units then 'truncated'
            when
                low_units < (score_units + half_score) * 1000000
                and (score_units - half_score) * 1000000 < high_units
                then 'unrounded'
            else 'differs'
        end as percent_fit
    from recomputed

)

select
    edition,
    scheme,
    year,
    edition_revision,
    is_latest_revision,
    unit_code,
    node,
    parent,
    node_kind,
    max_score,
    max_basis,
    raw_value,
    normalised,
    norm_low,
    norm_high,
    self_score,
    recognised_score,
    cast(self_score - recognised_score as decimal(18, 4)) as self_difference,
    score,
    percent,
    case
        when percent is not null
            then cast(cast(half_up_units as decimal(22, 0)) * 0.0001 as decimal(9, 4))
    end as recomputed_percent,
    percent_fit,
    case
        when percent_fit = 'unrounded'
            then cast(cast({{ half_up_quotient('low_units', '1000000') }} as decimal(22, 0)) * 0.0001 as decimal(18, 4))
    end as needed_low,
    case
        when percent_fit = 'unrounded'
            then cast(cast({{ half_up_quotient('high_units', '1000000') }} as decimal(22, 0)) * 0.0001 as decimal(18, 4))
    end as needed_high,
    case
        when score_units >= 0 and percent_units > 0
            then cast(cast({{ half_up_quotient('score_units * 1000000', 'percent_units') }} as decimal(22, 0)) * 0.0001 as decimal(18, 4))
    end as implied_max_score,
    parts_score,
    case
        when score is null or coalesce(parts_with_score, 0) = 0 then 'no_data'
        when parts_with_score < parts then 'incomplete'
        when parts_score = score then 'equal'
        else 'differs'
    end as parts_fit,
    rank,
    rank_of,
    ranked_units,
    rank_change,
    rank + rank_change as previous_rank,
    published_text,
    evidence_name,
    evidence_sha256,
    source,
    note
from fitted
