select
    c.figure_id,
    c.source_document,
    c.unit_code,
    u.unit_name,
    c.scope,
    c.period_start,
    c.period_end,
    c.measure,
    c.unit_of_measure,
    c.operator,
    c.published_value,
    c.published_text,
    c.decimals,
    c.numerator,
    c.denominator,
    c.recomputed_value,
    c.fit,
    c.flag,
    c.suggested_value,
    c.is_suggestion_reproduced,
    c.note
from {{ ref('fct_published_check') }} as c
left join {{ ref('dim_unit') }} as u
    on
        c.unit_code = u.unit_code
        and u.is_latest
