{# The day of the week by ISO 8601: 1 is Monday. #}
{% macro iso_weekday(day) -%}
    extract({{ 'dayofweek_iso' if target.type == 'spark' else 'isodow' }} from {{ day }})
{%- endmacro %}

{# Whole minutes from one timestamp to a later one. #}
{% macro minutes_between(earlier, later) -%}
    {{- return(adapter.dispatch('minutes_between', 'cchc')(earlier, later)) -}}
{%- endmacro %}

{% macro default__minutes_between(earlier, later) -%}
    floor(extract(epoch from {{ later }} - {{ earlier }}) / 60)
{%- endmacro %}

{% macro spark__minutes_between(earlier, later) -%}
    timestampdiff(minute, {{ earlier }}, {{ later }})
{%- endmacro %}
