-- What is declared by templates, in force: counts and totals of every criterion, those of tasks and surveys by part and
-- answer. A per cent is made here of the counts, never declared.
select
    f.unit_code,
    f.period_id,
    f.period_start,
    f.period_end,
    f.criterion,
    d.template,
    d.template_vi,
    d.template_en,
    d.part,
    d.part_vi,
    d.answer,
    d.answer_vi,
    d.name_vi,
    d.name_en,
    f.numerator as counted,
    f.denominator as total,
    case
        when f.denominator > 0
            then cast(cast({{ half_up_quotient(
                whole('f.numerator', 10000) ~ ' * 10000', whole('f.denominator', 10000)
            ) }} as decimal(22, 0)) * 0.01 as decimal(9, 4))
    end as percent,
    f.declared_date
from {{ ref('fct_declared_figure') }} as f
inner join {{ ref('dim_declarable') }} as d
    on
        f.criterion = d.criterion
        and f.period_end >= d.valid_from
        and (d.valid_to is null or f.period_end <= d.valid_to)
where f.is_current
