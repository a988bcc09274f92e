{#
    What is scored: the warehouse's indicators, or (--vars 'score_input: relation') a user's table with the columns
    unit_code, criterion, numerator, denominator; its period is called what-if.
#}
{% macro score_input() -%}
    {%- if var('score_input', none) -%}
        select
            unit_code,
            'what-if' as period_id,
            criterion,
            cast(numerator as decimal(18, 4)) as numerator,
            cast(denominator as decimal(18, 4)) as denominator
        from {{ var('score_input') }}
    {%- else -%}
        select
            unit_code,
            period_id,
            indicator as criterion,
            numerator,
            denominator
        from {{ ref('fct_unit_indicator') }}
        where is_used
    {%- endif -%}
{%- endmacro %}

{# Which methods score a period: all whose validity overlaps it; every method for a what-if table. #}
{% macro score_methods() -%}
    {%- if var('score_input', none) -%}
        select method, 'what-if' as period_id from {{ ref('dim_method') }}
    {%- else -%}
        select method, period_id from {{ ref('fct_period_method') }}
    {%- endif -%}
{%- endmacro %}
