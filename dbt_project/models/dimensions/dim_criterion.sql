select
    c.method,
    c.criterion,
    c.group_name,
    c.position,
    c.max_score,
    c.full_at_percent,
    c.zero_denominator,
    c.name_vi,
    c.name_en,
    c.source,
    g.name_vi as group_vi,
    g.name_en as group_en
from {{ source('raw', 'reg_criteria') }} as c
left join {{ source('raw', 'reg_groups') }} as g
    on
        c.method = g.method
        and c.group_name = g.group_name
