{#
    Whole-number arithmetic that never touches a binary float, on any engine.

    whole(expr, factor): expr x factor as a wide integer. expr is a decimal with at most as many digits behind the
    point as factor has zeros, so nothing is lost.
    whole_quotient(a, b): the whole part of a / b for a >= 0, b > 0.
#}
{% macro whole(expr, factor) %}
    {{- return(adapter.dispatch('whole', 'cchc')(expr, factor)) -}}
{% endmacro %}

{% macro default__whole(expr, factor) -%}
    cast(cast({{ expr }} as decimal(28, 4)) * {{ factor }} as numeric)
{%- endmacro %}

{% macro duckdb__whole(expr, factor) -%}
    cast(cast({{ expr }} as decimal(28, 4)) * {{ factor }} as hugeint)
{%- endmacro %}

{% macro spark__whole(expr, factor) -%}
    cast(cast({{ expr }} as decimal(28, 4)) * {{ factor }} as decimal(38, 0))
{%- endmacro %}

{% macro whole_quotient(a, b) %}
    {{- return(adapter.dispatch('whole_quotient', 'cchc')(a, b)) -}}
{% endmacro %}

{% macro default__whole_quotient(a, b) -%}
    div({{ a }}, {{ b }})
{%- endmacro %}

{% macro duckdb__whole_quotient(a, b) -%}
    (({{ a }}) // ({{ b }}))
{%- endmacro %}

{# Spark's own div keeps 64 bits of the result and says nothing of the rest. What is divisible is divided exactly. #}
{% macro spark__whole_quotient(a, b) -%}
    cast((({{ a }}) - ({{ a }}) % ({{ b }})) / ({{ b }}) as decimal(38, 0))
{%- endmacro %}
