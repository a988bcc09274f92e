{#
    What holds of a model's rows, asked in one query. Returns the rows that break it, each with the name of its check.

    key: the grain: these columns together are unique, and none is null unless `nullable` names it.
    values: by column, the values that it may hold; null is none of them and always may stand.
    refers: by column, `model.column` that holds what it names; null names nothing.

    A build asks them a folder at a time (tests/holds), for a node of dbt costs more than such a query does.
#}
{% test holds(model, key=[], nullable=[], values={}, refers={}) %}
{%- set named = {} -%}
{%- for column, other in refers.items() -%}
    {%- do named.update({column: (ref(other.split('.')[0]), other.split('.')[1])}) -%}
{%- endfor -%}
{{ checks_of(model, model.identifier, key, nullable, values, named) }}
{% endtest %}
