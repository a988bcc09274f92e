{#
    Texts of a group as one, in an order; null where there is none. An order of texts is that of their bytes
    (collate "C"), which is Spark's own.
#}
{% macro listed(text, delimiter, order, distinct=false) -%}
    {{- return(adapter.dispatch('listed', 'cchc')(text, delimiter, order, distinct)) -}}
{%- endmacro %}

{% macro default__listed(text, delimiter, order, distinct) -%}
    string_agg({{ 'distinct ' if distinct }}{{ text }}, '{{ delimiter }}' order by {{ order }})
{%- endmacro %}

{% macro spark__listed(text, delimiter, order, distinct) -%}
    {%- set pair = "named_struct('at', " ~ order | replace(' collate "C"', '') ~ ", 'text', " ~ text ~ ")" -%}
    case when count({{ text }}) > 0 then array_join(
        transform(
            array_sort({{ 'collect_set' if distinct else 'collect_list' }}(case when {{ text }} is not null then {{ pair }} end)),
            pair -> pair.text
        ), '{{ delimiter }}'
    ) end
{%- endmacro %}
