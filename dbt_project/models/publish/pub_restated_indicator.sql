-- The restated series: every indicator of every period on today's units, with grade, reason and sources. Rankings are
-- those of the day and stand in pub_ranking.
select
    r.unit_code,
    r.unit_name,
    r.level,
    r.period_id,
    p.period_kind,
    p.is_to_date,
    p.period_start,
    p.period_end,
    p.as_of_date,
    p.is_complete,
    p.label_vi as period_vi,
    p.label_en as period_en,
    r.indicator,
    coalesce(n.name_vi, r.indicator) as indicator_vi,
    coalesce(n.name_en, r.indicator) as indicator_en,
    r.numerator,
    r.denominator,
    r.ratio,
    r.grade,
    r.grade_reason,
    r.predecessors,
    r.source_codes,
    r.source,
    s.method as restated_method,
    s.score as restated_score,
    s.max_score
from {{ ref('fct_restated_indicator') }} as r
inner join {{ ref('dim_period') }} as p on r.period_id = p.period_id
left join {{ ref('dim_indicator') }} as n on r.indicator = n.indicator
left join {{ ref('fct_restated_score') }} as s
    on
        r.unit_code = s.unit_code
        and r.period_id = s.period_id
        and r.indicator = s.criterion
