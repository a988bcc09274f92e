-- Every indicator with its parts, score, target and source: the table behind a unit's page.
select
    i.unit_code,
    u.unit_name,
    u.level,
    u.parent_code,
    u.province_code,
    i.period_id,
    p.period_kind,
    p.is_to_date,
    p.period_start,
    p.period_end,
    p.as_of_date,
    p.is_complete,
    p.label_vi as period_vi,
    p.label_en as period_en,
    i.indicator,
    coalesce(n.name_vi, i.indicator) as indicator_vi,
    coalesce(n.name_en, i.indicator) as indicator_en,
    n.unit_of_measure,
    n.numerator_rule,
    n.denominator_rule,
    i.numerator,
    i.denominator,
    i.ratio,
    m.method,
    m.is_default as is_default_method,
    s.group_name,
    s.score,
    s.max_score,
    i.indicator_null_reason as null_reason,
    i.source,
    n.source as legal_source,
    t.operator as target_operator,
    t.target_percent,
    t.is_met as is_target_met,
    n.numerator_rule_en,
    n.denominator_rule_en
from {{ ref('fct_unit_indicator') }} as i
inner join {{ ref('dim_unit_period') }} as u
    on
        i.unit_code = u.unit_code
        and i.period_id = u.period_id
inner join {{ ref('dim_period') }} as p on i.period_id = p.period_id
left join {{ ref('dim_indicator') }} as n on i.indicator = n.indicator
left join {{ ref('fct_period_method') }} as m on i.period_id = m.period_id
left join {{ ref('fct_unit_score') }} as s
    on
        i.unit_code = s.unit_code
        and i.period_id = s.period_id
        and m.method = s.method
        and i.indicator = s.criterion
left join {{ ref('fct_indicator_target') }} as t
    on
        i.unit_code = t.unit_code
        and i.period_id = t.period_id
        and i.indicator = t.indicator
where i.is_used
