{#
    Incremental models here append what they recompute and first delete the keys concerned. A merge would leave behind
    rows whose source rows vanished (a corrected file without them). Repeating the pair changes nothing.
#}
{% macro delete_keys(keys, column) -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ column }} in (select k.{{ column }} from {{ keys }} as k)
    {%- endif -%}
{%- endmacro %}

{# The filter that goes with it: only the keys being recomputed, or everything in a full build. #}
{% macro only_keys(keys, column, prefix='where') -%}
    {%- if is_incremental() -%}
        {{ prefix }} {{ column }} in (select k.{{ column.split('.')[-1] }} from {{ keys }} as k)
    {%- endif -%}
{%- endmacro %}

{#
    A mart as the last build left it, without depending on it: what was modelled before tells which results change.
    None before the first build.
#}
{% macro as_last_built(schema, table) -%}
    {{- return(adapter.get_relation(database=this.database, schema=schema, identifier=table)) -}}
{%- endmacro %}

{# The cube's key is a pair. #}
{% macro delete_cells(cells) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where (unit_code, received_date) in (select k.handling_unit, k.received_date from {{ cells }} as k)
    {%- endif -%}
{%- endmacro %}

{#
    For tests that compare the raw tables with what is modelled: a load may come in between the snapshot of a build and
    its tests. Its keys are noted as pending, and the next build recomputes and tests them.
#}
{% macro nothing_loaded_meanwhile() -%}
    not exists (
        select 1
        from {{ source('raw', 'pending') }} as p
        cross join {{ source('raw', 'build_state') }} as b
        where p.change_no > b.change_no
    )
{%- endmacro %}
