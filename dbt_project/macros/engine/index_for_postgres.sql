{# Indexes for the key look-ups of an incremental build; DuckDB scans one narrow column faster than it keeps an index. #}
{% macro index_for_postgres(columns) %}
    {{- return([{'columns': columns}] if target.type == 'postgres' else []) -}}
{% endmacro %}
