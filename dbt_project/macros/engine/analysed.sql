{#
    What is counted of a table right after it was filled. PostgreSQL counts by itself a minute later, when the models that
    read it are built long since: on tables that it knows nothing of, a join of some thousand rows took minutes.
#}
{% macro analysed() -%}
    {%- if target.type == 'postgres' and model.config.materialized in ('table', 'incremental') -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}
