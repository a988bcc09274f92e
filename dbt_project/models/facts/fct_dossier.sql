-- noqa: disable=LT02
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
        pre_hook="{{ delete_keys(ref('int_pending_dossier_codes'), 'dossier_code') }}",
        indexes=index_for_postgres(['dossier_code']) + index_for_postgres(['handling_unit', 'received_date']),
    )
}}
-- depends_on: {{ ref('int_cells_before') }} (must have read the old state of this table)
with current_rows as (

    select
        revision_id,
        row_number
    from {{ ref('fct_dossier_version') }}
    where
        is_current
        {{ only_keys(ref('int_pending_dossier_codes'), 'dossier_code', prefix='and') }}

),

dissatisfied as (

    select distinct dossier_key
    from {{ ref('fct_feedback') }}
    where
        dossier_key is not null
        and is_satisfied = false
        {{ only_keys(ref('int_pending_dossier_codes'), 'dossier_code', prefix='and') }}

),

transactions as (

    select
        dossier_key,
        count(*) as n_succeeded_transactions
    from {{ ref('fct_online_payment') }}
    where
        dossier_key is not null
        and outcome = 'succeeded'
        and not is_refunded
        {{ only_keys(ref('int_pending_dossier_codes'), 'dossier_code', prefix='and') }}
    group by dossier_key

),

dossiers as (

    select
        d.*,
        case
            when d.status in (9, 10) then coalesce(d.finished_at, d.returned_at)
            when d.status = 3 then coalesce(d.refused_at, d.finished_at)
            when d.status in (7, 8) then d.finished_at
            when d.status = 5 and d.supplement_count = 1 then d.first_supplement_requested_at
        end as ended_at,
        case
            when d.status in (9, 10) and d.finished_at is not null then 'finished'
            when d.status in (9, 10) and d.returned_at is not null then 'returned'
            when d.status = 3 and d.refused_at is not null then 'refused'
            when d.status in (3, 7, 8) and d.finished_at is not null then 'finished'
            when d.status = 5 and d.supplement_count = 1 and d.first_supplement_requested_at is not null then 'supplement_requested'
        end as end_basis,
        d.status = 5 and coalesce(d.supplement_count, 0) > 1 as is_overdue_regardless
    from {{ ref('stg_dossiers') }} as d
    inner join current_rows as c
        on
            d.revision_id = c.revision_id
            and d.row_number = c.row_number

),

netted as (

    select
        d.*,
        d.ended_at - coalesce(d.supplement_wait_seconds, 0) * interval '1 second' as ended_at_net,
        coalesce(p.fee_vnd, q.fee_vnd) as catalogue_fee_vnd
    from dossiers as d
    left join {{ ref('dim_procedure_in_force') }} as p
        on
            d.procedure_code = p.procedure_code
            and d.received_date between p.valid_from and p.valid_to
    left join {{ ref('dim_procedure_in_force') }} as q
        on
            d.procedure_code = q.procedure_code
            and d.export_date between q.valid_from and q.valid_to

)

select
    n.dossier_key,
    n.system,
    n.dossier_code,
    n.procedure_code,
    n.procedure_suffix,
    n.receiving_unit,
    n.handling_unit,
    n.applicant_kind,
    n.channel,
    n.status,
    n.submitted_at,
    n.received_at,
    n.received_date,
    n.due_at,
    n.finished_at,
    n.returned_at,
    n.refused_at,
    n.ended_at,
    n.end_basis,
    n.supplement_count,
    n.supplement_wait_seconds,
    n.ended_at_net,
    n.is_overdue_regardless,
    case when n.is_overdue_regardless then {{ dawn() }} else {{ overdue_from('n.ended_at_net', 'n.due_at') }} end as overdue_from_date,
    case
        when n.ended_at is null then 'running'
        when cast(n.ended_at_net as date) < cast(n.due_at as date) then 'early'
        when cast(n.ended_at_net as date) > cast(n.due_at as date) then 'overdue'
        else 'on_the_day'
    end as timeliness,
    n.due_at is null as is_without_due_at,
    n.status in (9, 10) and n.ended_at is null as is_ended_without_date,
    n.channel = 'online' as is_online,
    n.online_payment,
    n.fee_count,
    n.fee_total_vnd,
    coalesce(n.catalogue_fee_vnd, 0) > 0 and not (coalesce(n.fee_count, 0) > 0 and n.fee_total_vnd = 0) as is_obligated,
    coalesce(n.online_payment in (1, 2), false) as is_paid_online,
    coalesce(n.has_electronic_result, false) as has_electronic_result,
    coalesce(n.has_digitised_parts, false) as has_digitised_parts,
    coalesce(n.reused_part, false) as has_reused_part,
    coalesce(n.from_personal_store, false) as is_from_personal_store,
    coalesce(n.vneid_verified, false) as is_vneid_verified,
    s.dossier_key is not null as is_dissatisfied,
    cast(coalesce(t.n_succeeded_transactions, 0) as integer) as n_succeeded_transactions,
    n.updated_at,
    n.revision_id,
    n.row_number,
    n.delivering_unit,
    n.export_date
from netted as n
left join dissatisfied as s on n.dossier_key = s.dossier_key
left join transactions as t on n.dossier_key = t.dossier_key
