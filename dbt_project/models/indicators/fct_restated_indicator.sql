-- noqa: disable=RF06
{{ config(materialized='table', contract={'enforced': true}) }}
-- Every indicator of every period on today's units: numerators and denominators of the units of that day, summed where
-- whole units came together, by weight where one was split and a weight is known, and else absent with its reason.
-- Only what may be summed is: never a ratio, never counts of different things.
with views as (

    select true as is_stock
    union all
    select false as is_stock

),

required as (

    -- a stock is what stands at the end of a period: only units that stand then must have a part in it
    select
        p.unit_code,
        p.period_id,
        k.is_stock,
        count(*) as n_parts,
        bool_or(p.is_task_moved) as is_task_moved,
        bool_or(p.part_code is null) as is_unlisted,
        bool_or(p.share is null) as is_split,
        bool_or(p.share < 1) as is_weighted,
        bool_or(p.is_merged) as is_merged,
        bool_or(p.part_code <> p.unit_code) as is_succeeded,
        bool_and(p.is_unchanged) as is_unchanged,
        {{ listed('p.part_name', ', ', 'p.source_key collate "C"') }} as predecessors,
        {{ listed('p.part_code', ', ', 'p.source_key collate "C"') }} as source_codes
    from {{ ref('int_restated_part') }} as p
    inner join views as k
        on
            (k.is_stock and p.is_standing)
            or (not k.is_stock and p.is_required)
    group by
        p.unit_code,
        p.period_id,
        k.is_stock

),

figures as (

    select
        p.unit_code,
        p.unit_name,
        p.level,
        p.period_id,
        coalesce(n.additivity, 'none') as additivity,
        p.share,
        p.is_required,
        p.is_merged,
        p.is_ended,
        p.source_key,
        p.part_name,
        i.indicator,
        i.source,
        i.numerator,
        i.denominator,
        i.is_used,
        i.source = 'portal' and o.numerator is null and o.denominator is null and o.published_percent is not null
            as is_without_parts,
        case
            when i.source = 'portal' then o.numerator is not null and o.denominator is not null
            else i.denominator > 0 or f.part_code is not null
        end as is_measured
    from {{ ref('int_restated_part') }} as p
    inner join {{ ref('fct_unit_indicator') }} as i
        on
            p.part_code = i.unit_code
            and p.period_id = i.period_id
    left join {{ ref('dim_indicator') }} as n on i.indicator = n.indicator
    left join {{ ref('int_restated_file') }} as f
        on
            p.part_code = f.part_code
            and p.period_id = f.period_id
            and n.dataset = f.dataset
    left join {{ ref('fct_portal_figure') }} as o
        on
            i.source = 'portal'
            and i.unit_code = o.unit_code
            and i.period_id = o.period_id
            and i.indicator = o.criterion
    where
        p.is_standing
        or coalesce(n.additivity, 'none') <> 'stock'

),

summed as (

    select
        unit_code,
        period_id,
        indicator,
        source,
        additivity,
        max(unit_name) as unit_name,
        max(level) as level,
        count(*) as n_figures,
        count(*) filter (where is_required and is_measured) as n_measured,
        bool_or(is_ended) as is_ended,
        bool_or(share is null) as is_split,
        bool_or(share < 1) as is_weighted,
        bool_or(is_merged and (is_required or is_measured)) as is_merged,
        bool_or(is_without_parts) as is_without_parts,
        bool_and(is_used) as is_used,
        {{ listed('part_name', ', ', 'source_key collate "C"') }} as predecessors,
        {{ listed('source_key', ', ', 'source_key collate "C"') }} as source_codes,
        cast(sum(cast(numerator * coalesce(share, 0) as decimal(18, 4))) as decimal(18, 4)) as numerator,
        cast(sum(cast(denominator * coalesce(share, 0) as decimal(18, 4))) as decimal(18, 4)) as denominator
    from figures
    where
        is_required
        or numerator > 0
        or denominator > 0
    group by
        unit_code,
        period_id,
        indicator,
        source,
        additivity

),

judged as (

    select
        s.*,
        coalesce(r.n_parts, 0) as n_parts,
        s.is_weighted or coalesce(r.is_weighted, false) as has_weights,
        s.is_merged or coalesce(r.is_merged, false) as has_mergers,
        coalesce(r.is_unchanged, true) as is_unchanged,
        coalesce(r.predecessors, s.predecessors) as named,
        coalesce(r.source_codes, s.source_codes) as coded,
        case
            when coalesce(r.is_task_moved, false) then 'task_moved'
            when s.is_ended then 'succession_unknown'
            when coalesce(r.is_unlisted, false) then 'predecessor_unlisted'
            when s.is_split or coalesce(r.is_split, false) then 'split_without_weight'
            when
                s.additivity = 'none'
                and (s.n_figures > 1 or r.n_parts > 1 or s.is_weighted)
                then 'not_additive'
            when
                s.is_without_parts
                and (s.n_figures > 1 or r.n_parts > 1 or s.is_weighted)
                then 'portal_without_parts'
            when
                s.n_measured < r.n_parts
                and (r.is_succeeded or r.is_merged or s.is_merged or s.is_weighted)
                then 'predecessor_without_data'
        end as grade_reason
    from summed as s
    left join required as r
        on
            s.unit_code = r.unit_code
            and s.period_id = r.period_id
            and (s.additivity = 'stock') = r.is_stock

),

-- Of two sources the one that gives the whole sum, the exports first: as fct_unit_indicator chooses for one unit.
positioned as (

    select
        *,
        row_number() over (
            partition by unit_code, period_id, indicator
            order by
                case
                    when grade_reason is null and n_figures = 1 and is_used then 1
                    when grade_reason is null and source = 'exports' and denominator > 0 then 2
                    when grade_reason is null and source = 'portal' and denominator is not null then 3
                    when grade_reason is null and source = 'exports' then 4
                    when source = 'exports' then 5
                    else 6
                end
        ) as position
    from judged

)

select
    unit_code,
    unit_name,
    level,
    period_id,
    indicator,
    source,
    case when grade_reason is null then numerator end as numerator,
    case when grade_reason is null then denominator end as denominator,
    case when grade_reason is null then {{ half_up_ratio('numerator', 'denominator') }} end as ratio,
    case
        when grade_reason is not null then 'not_comparable'
        when has_weights then 'weighted'
        when has_mergers then 'whole'
        when not is_unchanged then 'renamed'
        else 'same'
    end as grade,
    grade_reason,
    named as predecessors,
    coded as source_codes
from positioned
where position = 1
