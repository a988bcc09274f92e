-- A view over served relations only, and served as one: the figures behind pub_current_ranking, of the same units.
with {{ default_peers() }}

select
    d.province_code,
    d.province_name,
    d.unit_code,
    d.unit_name,
    d.ranked_level,
    d.period_id,
    d.period_vi,
    d.period_en,
    d.period_start,
    d.period_end,
    d.method,
    i.indicator,
    i.indicator_vi,
    i.indicator_en,
    i.unit_of_measure,
    i.numerator,
    i.denominator,
    i.ratio,
    i.group_name,
    i.score,
    i.max_score,
    i.target_percent,
    i.is_target_met,
    i.null_reason,
    i.source,
    n.additivity
from default_peers as d
inner join {{ ref('pub_unit_indicator') }} as i
    on
        d.unit_code = i.unit_code
        and d.period_id = i.period_id
        and d.method = i.method
left join {{ ref('pub_indicator') }} as n on i.indicator = n.indicator
