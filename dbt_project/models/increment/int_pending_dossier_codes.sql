-- noqa: disable=LT02
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
    )
}}
-- Dossier numbers to recompute. A dossier changes with its own rows, and with the payments and feedback that name it:
-- both those they name now and those the last build joined them to.
--
-- An interrupted build must not lose them: it may already have replaced a payment's old dossier number in
-- fct_online_payment while fct_dossier still counts it. So the numbers accumulate here, and the last model that needs
-- them (fct_dossier_daily) empties the table in its own transaction.
{% set payments = as_last_built('marts', 'fct_online_payment') %}
{% set feedback = as_last_built('marts', 'fct_feedback') %}
with touched as (

    select business_key as dossier_code
    from {{ ref('stg_building') }}
    where dataset = 'dossiers'

    union

    select p.dossier_code
    from {{ ref('stg_payments') }} as p
    where p.transaction_code in (select b.business_key from {{ ref('stg_building') }} as b where b.dataset = 'payments')

    union

    select f.dossier_code
    from {{ ref('stg_feedback') }} as f
    where f.feedback_code in (select b.business_key from {{ ref('stg_building') }} as b where b.dataset = 'feedback')

    {% if is_incremental() and payments -%}
        union

        select p.dossier_code
        from {{ payments }} as p
        where p.transaction_code in (select b.business_key from {{ ref('stg_building') }} as b where b.dataset = 'payments')
    {%- endif %}

    {% if is_incremental() and feedback -%}
        union

        select f.dossier_code
        from {{ feedback }} as f
        where f.feedback_code in (select b.business_key from {{ ref('stg_building') }} as b where b.dataset = 'feedback')
    {%- endif %}

)

select dossier_code
from touched
where
    dossier_code is not null
    {% if is_incremental() -%}
        and dossier_code not in (select k.dossier_code from {{ this }} as k)
    {%- else -%}
        and false
    {%- endif %}
