-- noqa: disable=LT02
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
    )
}}
-- Cells of the cube that the dossiers to recompute leave behind: where the last build counted them.
--
-- Read before fct_dossier changes (fct_dossier depends on this model). When a build dies between fct_dossier and the
-- cube, the repeated build no longer finds the old cells in fct_dossier: they are still here, because only the cube
-- empties this table, in the transaction in which it recomputes the cells. Cells named twice do no harm.
{% set dossiers = as_last_built('marts', 'fct_dossier') %}
{% if is_incremental() and dossiers -%}
    select distinct
        d.handling_unit,
        d.received_date
    from {{ dossiers }} as d
    where
        d.received_date is not null
        and d.dossier_code in (select k.dossier_code from {{ ref('int_pending_dossier_codes') }} as k)
{%- else -%}
    -- depends_on: {{ ref('int_pending_dossier_codes') }}
    select
        cast(null as {{ dbt.type_string() }}) as handling_unit,
        cast(null as date) as received_date
    where false
{%- endif %}
