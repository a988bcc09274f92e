-- Criteria that may be declared beside those of the methods, with the template that is in force while they are.
select
    d.criterion,
    d.template,
    d.position,
    d.name_vi,
    d.name_en,
    d.part,
    d.part_vi,
    d.answer,
    d.answer_vi,
    d.numerator_vi,
    d.denominator_vi,
    d.exhaustive as is_exhaustive,
    d.valid_from,
    d.valid_to,
    d.source,
    t.name_vi as template_vi,
    t.name_en as template_en
from {{ source('raw', 'reg_declarables') }} as d
left join {{ source('raw', 'reg_templates') }} as t
    on
        d.template = t.template
        and d.valid_from >= t.valid_from
        and (t.valid_to is null or d.valid_from <= t.valid_to)
