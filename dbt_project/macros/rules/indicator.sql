{# One indicator of the exports: numerator and denominator of every unit and period, zeros included. #}
{% macro indicator_from_exports(indicator, numerator, denominator) -%}
select
    unit_code,
    period_id,
    '{{ indicator }}' as indicator,
    cast({{ numerator }} as decimal(18, 4)) as numerator,
    cast({{ denominator }} as decimal(18, 4)) as denominator,
    'exports' as source
from {{ ref('int_unit_period_measures') }}
{%- endmacro %}
