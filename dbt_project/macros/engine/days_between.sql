{# One row per day from first_day to last_day, both inclusive; stands in a select list. #}
{% macro days_between(first_day, last_day) %}
    {{- return(adapter.dispatch('days_between', 'cchc')(first_day, last_day)) -}}
{% endmacro %}

{% macro default__days_between(first_day, last_day) -%}
    cast(generate_series(cast({{ first_day }} as timestamp), cast({{ last_day }} as timestamp), interval '1 day') as date)
{%- endmacro %}

{% macro spark__days_between(first_day, last_day) -%}
    explode(case when {{ first_day }} <= {{ last_day }} then sequence({{ first_day }}, {{ last_day }}, interval '1 day') end)
{%- endmacro %}

{% macro duckdb__days_between(first_day, last_day) -%}
    cast(unnest(generate_series(cast({{ first_day }} as timestamp), cast({{ last_day }} as timestamp), interval '1 day')) as date)
{%- endmacro %}
