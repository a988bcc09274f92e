{#
    What holds of a model's rows, asked in one query. Returns the rows that break it, each with the name of its check.

    key: the grain: these columns together are unique, and none is null unless `nullable` names it.
    values: by column, the values that it may hold; null is none of them and always may stand.
    refers: by column, `model.column` that holds what it names; null names nothing.
#}
{% test holds(model, key=[], nullable=[], values={}, refers={}) %}
{%- set name = model.identifier -%}
{%- set checks = [] -%}
{%- if key -%}
    {%- set found -%}
        concat({% for column in key %}'{{ column }}=', {{ shown(column) }}, ', ', {% endfor %}'n_rows=', count(*))
    {%- endset -%}
    {%- set broken -%}
        count(*) > 1 {%- for column in key if column not in nullable %} or {{ column }} is null {%- endfor -%}
    {%- endset -%}
    {%- do checks.append(check('unique_key', name ~ '_' ~ key | join('__'), found,
        model ~ ' group by ' ~ key | join(', ') ~ ' having ' ~ broken)) -%}
{%- endif -%}
{%- for column, allowed in values.items() -%}
    {%- do checks.append(check('accepted_values', name ~ '_' ~ column,
        "concat('" ~ column ~ "=', " ~ shown(column) ~ ", ', n_rows=', count(*))",
        model ~ ' where ' ~ column ~ " not in ('" ~ allowed | join("', '") ~ "') group by " ~ column)) -%}
{%- endfor -%}
{%- for column, named in refers.items() -%}
    {%- set other, there = named.split('.') -%}
    {%- do checks.append(check('relationships', name ~ '_' ~ column,
        "concat('" ~ column ~ "=', " ~ shown('c.' ~ column) ~ ")",
        model ~ ' as c left join ' ~ ref(other) ~ ' as p on c.' ~ column ~ ' = p.' ~ there
        ~ ' where c.' ~ column ~ ' is not null and p.' ~ there ~ ' is null')) -%}
{%- endfor -%}
{{ checks | join('\nunion all\n') }}
{% endtest %}
