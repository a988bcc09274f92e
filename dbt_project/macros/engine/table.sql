{#
    Tables keep their place: a build replaces what stands in them and nothing else. A view that reads one outlives it
    (PostgreSQL drops views with the table they read), and a build of unchanged models creates, renames and drops nothing.

    The contract is checked when a table is made, and made anew is every table when a model's SQL changed: cchc builds
    everything then. Whoever runs dbt by hand after changing a model gives --full-refresh.
#}
{% materialization table, adapter='duckdb' %}
    {{ return(kept_table()) }}
{% endmaterialization %}

{% materialization table, adapter='postgres' %}
    {{ return(kept_table()) }}
{% endmaterialization %}

{% macro kept_table() %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is not none and existing.is_table and not should_full_refresh() -%}
        {%- call statement('main') -%}{{ adapter.dispatch('refill', 'cchc')(target, compiled_code) }}{%- endcall -%}
    {%- else -%}
        {%- if existing is not none -%}{%- do adapter.drop_relation(existing) -%}{%- endif -%}
        {%- call statement('main') -%}{{ get_create_table_as_sql(False, target, compiled_code) }}{%- endcall -%}
        {%- do create_indexes(target) -%}
        {%- do persist_docs(target, model) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmacro %}

{% macro default__refill(relation, sql) %}
    truncate {{ relation }};
    insert into {{ relation }}
    {%- if config.get('contract').enforced %} ({{ model.columns.keys() | join(', ') }}) {{ get_select_subquery(sql) }}
    {%- else %} {{ sql }}
    {%- endif %}
{% endmacro %}

{# Cheaper than emptying: nothing of the old rows has to be marked. #}
{% macro duckdb__refill(relation, sql) %}
    create or replace table {{ relation }} as (
    {%- if config.get('contract').enforced %} {{ get_select_subquery(sql) }}
    {%- else %} {{ sql }}
    {%- endif %}
    )
{% endmacro %}
