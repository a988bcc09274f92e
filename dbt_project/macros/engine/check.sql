{# One check of a model, for the test `holds`: the rows that break it, each with the kind and name of the check. #}
{% macro check(kind, name, found, rows) -%}
    select '{{ kind }}' as check_kind, '{{ kind }}_{{ name }}' as check_name, {{ found }} as found from {{ rows }}
{%- endmacro %}

{# A value as text, also one that is missing. #}
{% macro shown(column) -%}
    coalesce(cast({{ column }} as varchar), 'null')
{%- endmacro %}
