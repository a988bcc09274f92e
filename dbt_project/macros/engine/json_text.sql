{# A value of a JSON object as text; null where it is missing or null. #}
{% macro json_text(object, key) -%}
    {{- return(adapter.dispatch('json_text', 'cchc')(object, key)) -}}
{%- endmacro %}

{% macro default__json_text(object, key) -%}
    cast({{ object }} as json) ->> '{{ key }}'
{%- endmacro %}

{% macro spark__json_text(object, key) -%}
    get_json_object({{ object }}, '$.{{ key }}')
{%- endmacro %}
