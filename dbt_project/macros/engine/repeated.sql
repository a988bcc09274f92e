{#
    A CTE made of its own rows: a call block says what it starts with (`before` is none) and what comes of the rows of
    `before`. Spark has none that reads itself: it writes out as many steps as `steps` says, and fails where one more
    would give a row.

    with {{ recursive() }}
    {% call(before) repeated('closure', steps=8) %} ... {% endcall %}
#}
{% macro recursive() -%}
    {{- '' if target.type == 'spark' else 'recursive' -}}
{%- endmacro %}

{% macro repeated(name, steps) -%}
    {{- adapter.dispatch('repeated', 'cchc')(name, steps, caller) -}}
{%- endmacro %}

{% macro default__repeated(name, steps, each) -%}
    {{ name }} as (
        {{ each(none) }}
        union all
        {{ each(name) }}
    )
{%- endmacro %}

{% macro spark__repeated(name, steps, each) -%}
    {% for step in range(steps + 2) -%}
    {{ name }}_{{ step }} as (
        {{ each(name ~ '_' ~ (step - 1) if step else none) }}
    ),
    {% endfor -%}
    {{ name }} as (
        {% for step in range(steps + 1) -%}
        select * from {{ name }}_{{ step }}
        {{ 'union all' if not loop.last }}
        {% endfor -%}
        -- asked of a count: a plain condition would be pushed below the join and fail for rows that never meet
        where (select assert_true(count(*) = 0, '{{ name }}: more than {{ steps }} steps') from {{ name }}_{{ steps + 1 }}) is null
    )
{%- endmacro %}
