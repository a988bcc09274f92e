{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
        pre_hook="{{ delete_keys(ref('int_pending_transactions'), 'transaction_code') }}",
        indexes=index_for_postgres(['transaction_code']) + index_for_postgres(['dossier_code']),
    )
}}
-- A refund repeats the transaction code with another outcome, so the key is both; a re-sent row is the same payment.
with positioned as (

    select
        *,
        row_number() over (
            partition by payment_key
            order by export_date desc, delivering_unit desc, row_number desc, system desc
        ) as position,
        bool_or(outcome = 'refunded') over (partition by transaction_code) as has_refund
    from {{ ref('stg_payments') }}
    {{ only_keys(ref('int_pending_transactions'), 'transaction_code') }}

),

payments as (

    select *
    from positioned
    where position = 1

),

{{ resolve_dossier('payments', 'payment_key') }}

select
    p.payment_key,
    p.transaction_code,
    p.outcome,
    p.system,
    p.dossier_code,
    r.dossier_key,
    {{ join_status('p', 'r') }} as join_status,
    p.procedure_code,
    p.unit_code,
    p.amount_vnd,
    p.gateway,
    p.paid_at,
    p.outcome = 'succeeded' and p.has_refund as is_refunded,
    p.revision_id,
    p.row_number,
    p.delivering_unit,
    p.export_date
from payments as p
left join resolved as r on p.payment_key = r.payment_key
