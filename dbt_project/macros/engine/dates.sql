{# Days from one date to another, as a whole number; the difference of two dates is an interval on Spark. #}
{% macro days_from(first, last) -%}
    {{- 'datediff(' ~ last ~ ', ' ~ first ~ ')' if target.type == 'spark' else '(' ~ last ~ ' - ' ~ first ~ ')' -}}
{%- endmacro %}

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
