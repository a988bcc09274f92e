{#
    What dbt asks Spark otherwise where tables are Iceberg's.

    spark__list_relations_without_caching: tables and views of a schema in two statements; dbt's own way describes each.
    spark__get_empty_schema_sql: contracts say varchar and smallint; Spark's text has another name, Iceberg no smallint.
    unit: a view that is created gives no rows, and the client fails when it is asked for them.
#}
{% macro spark__list_relations_without_caching(schema_relation) -%}
    {%- set found = [] -%}
    {%- for kind, information in [('tables', 'Provider: iceberg'), ('views', 'Type: VIEW')] -%}
        {%- call statement(kind, fetch_result=true) -%} show {{ kind }} in {{ schema_relation.schema }} {%- endcall -%}
        {%- for row in load_result(kind).table.rows -%}
            {%- do found.append((row[0], row[1], false, information)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(found) -}}
{%- endmacro %}

{% macro spark__get_empty_schema_sql(columns) -%}
    {%- set types = {'varchar': 'string', 'text': 'string', 'smallint': 'int', 'integer': 'int'} -%}
    select
    {%- for column in columns.values() %}
        cast(null as {{ types.get(column.data_type, column.data_type) }}) as {{ column.name }} {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% materialization unit, adapter='spark' -%}
    {%- set wanted = config.get('expected_rows') -%}
    {%- set empty = make_temp_relation(this.incorporate(type='view')) -%}
    {%- call statement('empty') -%}{{ get_create_table_as_sql(true, empty, get_empty_subquery_sql(sql)) }}{%- endcall -%}
    {%- set types, quoted = {}, {} -%}
    {%- for column in adapter.get_columns_in_relation(empty) -%}
        {%- do types.update({column.name | lower: column.data_type}) -%}
        {%- do quoted.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}
    {%- set names = wanted[0].keys() if wanted else types.keys() -%}
    {%- set expected = config.get('expected_sql') or get_expected_sql(wanted, types, quoted) -%}
    {%- set asked = [] -%}
    {%- for name in names -%}{%- do asked.append(quoted[name | lower]) -%}{%- endfor -%}
    {%- call statement('main', fetch_result=true) -%}{{ get_unit_test_sql(sql, expected, asked) }}{%- endcall -%}
    {%- call statement('drop') -%} drop view if exists {{ empty }} {%- endcall -%}
    {{ return({'relations': []}) }}
{%- endmaterialization %}
