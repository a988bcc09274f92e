{# One check of a model, for the test `holds`: the rows that break it, each with the kind and name of the check. #}
{% macro check(kind, name, found, rows) -%}
    select '{{ kind }}' as check_kind, '{{ kind }}_{{ name }}' as check_name, {{ found }} as found from {{ rows }}
{%- endmacro %}

{# A value as text, also one that is missing. #}
{% macro shown(column) -%}
    coalesce(cast({{ column }} as {{ dbt.type_string() }}), 'null')
{%- endmacro %}

{# All checks of a model, see the test `holds`. refers: by column, the relation and its column. #}
{% macro checks_of(relation, name, key=[], nullable=[], values={}, refers={}) -%}
{%- set checks = [] -%}
{%- if key -%}
    {%- set found -%}
        concat({% for column in key %}'{{ column }}=', {{ shown(column) }}, ', ', {% endfor %}'n_rows=', count(*))
    {%- endset -%}
    {%- set broken -%}
        count(*) > 1 {%- for column in key if column not in nullable %} or {{ column }} is null {%- endfor -%}
    {%- endset -%}
    {%- do checks.append(check('unique_key', name ~ '_' ~ key | join('__'), found,
        relation ~ ' group by ' ~ key | join(', ') ~ ' having ' ~ broken)) -%}
{%- endif -%}
{%- for column, allowed in values.items() -%}
    {%- do checks.append(check('accepted_values', name ~ '_' ~ column,
        "concat('" ~ column ~ "=', " ~ shown(column) ~ ", ', n_rows=', count(*))",
        relation ~ ' where ' ~ column ~ " not in ('" ~ allowed | join("', '") ~ "') group by " ~ column)) -%}
{%- endfor -%}
{%- for column, (other, there) in refers.items() -%}
    {%- do checks.append(check('relationships', name ~ '_' ~ column,
        "concat('" ~ column ~ "=', " ~ shown('c.' ~ column) ~ ")",
        relation ~ ' as c left join ' ~ other ~ ' as p on c.' ~ column ~ ' = p.' ~ there
        ~ ' where c.' ~ column ~ ' is not null and p.' ~ there ~ ' is null')) -%}
{%- endfor -%}
{{ checks | join('\nunion all\n') }}
{%- endmacro %}

{#
    What the tests `holds` of these models say, asked in one query. A table that a build leaves as it was is left out, for so are
    its rows. So are tests that read all history (tag whole_history): they are nodes of their own.

    after: models that the checks look up and that stand elsewhere.
#}
{% macro hold_together(models, after=[]) -%}
{%- for name in models + after %}{% do ref(name) %}{% endfor -%}
{%- if execute -%}
    {%- set checks = [] -%}
    {%- for test in graph.nodes.values() if test.resource_type == 'test' and (test.test_metadata or {}).name == 'holds' -%}
        {%- set model = graph.nodes[test.attached_node] -%}
        {%- if model.name in models and 'whole_history' not in test.config.tags
            and (model.config.materialized == 'view' or model.unique_id in selected_resources or flags.WHICH == 'test') -%}
            {%- set said, named = test.test_metadata.kwargs, {} -%}
            {%- for column, other in said.get('refers', {}).items() -%}
                {%- set id = 'model.' ~ model.package_name ~ '.' ~ other.split('.')[0] -%}
                {%- do named.update({column: (graph.nodes[id].relation_name, other.split('.')[1])}) -%}
            {%- endfor -%}
            {%- do checks.append(checks_of(model.relation_name, model.name, said.get('key', []),
                said.get('nullable', []), said.get('values', {}), named)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ checks | join('\nunion all\n') or "select '' as check_kind, '' as check_name, '' as found where 1 = 0" }}
{%- endif -%}
{%- endmacro %}
