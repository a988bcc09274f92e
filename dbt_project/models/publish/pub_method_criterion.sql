-- What each method scores, with its names and weights: the legend of every page, and the criteria nobody measured.
select
    c.method,
    m.name_vi as method_vi,
    m.name_en as method_en,
    m.source as method_source,
    m.valid_from,
    m.valid_to,
    m.is_default as is_default_method,
    c.group_name,
    c.position,
    c.criterion,
    c.name_vi as criterion_vi,
    c.name_en as criterion_en,
    c.max_score,
    c.full_at_percent,
    c.zero_denominator,
    c.source as criterion_source,
    c.group_vi,
    c.group_en
from {{ ref('dim_criterion') }} as c
inner join {{ ref('dim_method') }} as m on c.method = m.method
