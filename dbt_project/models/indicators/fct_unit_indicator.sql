-- noqa: disable=LT02
{{ config(materialized='table', contract={'enforced': true}) }}
-- All indicators, one row per unit, period, indicator and source. Of several sources one is used: the exports if they
-- counted anything, else the portal if it published a figure, else what the unit declared; the others stay beside it.
-- Where the catalogue leaves an indicator of the exports open, the null reason says what it does not know.
with united as (

    {% for source in ['exports', 'portal', 'declared'] -%}
        select
            unit_code,
            period_id,
            indicator,
            numerator,
            denominator,
            source
        from {{ ref('ind_' ~ source) }}
        {%- if not loop.last %}

        union all

        {% endif -%}
    {% endfor %}

),

positioned as (

    select
        *,
        row_number() over (
            partition by unit_code, period_id, indicator
            order by
                case
                    when source = 'exports' and denominator > 0 then 1
                    when source = 'portal' and numerator is not null and denominator is not null then 2
                    when source = 'declared' then 3
                    when source = 'portal' then 4
                    else 5
                end
        ) as position
    from united

)

select
    p.unit_code,
    p.period_id,
    p.indicator,
    p.source,
    p.numerator,
    p.denominator,
    {{ half_up_ratio('p.numerator', 'p.denominator') }} as ratio,
    case
        when p.denominator is null or p.numerator is null then coalesce(m.catalogue_gap, 'not_measured')
        when p.denominator = 0 then 'zero_denominator'
    end as indicator_null_reason,
    p.position = 1 as is_used
from positioned as p
left join {{ ref('int_unit_period_measures') }} as m
    on
        p.unit_code = m.unit_code
        and p.period_id = m.period_id
        and p.source = 'exports'
