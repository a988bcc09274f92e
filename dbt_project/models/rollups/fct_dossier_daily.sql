-- noqa: disable=LT02
{{
    config(
        schema='marts',
        contract={'enforced': true},
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
        pre_hook="{{ delete_cells(ref('int_cells_to_recompute')) }}",
        post_hook=[
            "delete from {{ ref('int_cells_before') }}",
            "delete from {{ ref('int_pending_dossier_codes') }}",
        ],
        indexes=index_for_postgres(['unit_code', 'received_date']),
    )
}}
-- The additive cube that every period figure is summed from. The day from which a dossier is overdue is part of the key,
-- so one cube answers every as_of date. Dossiers without a day of receipt are in no period and not in the cube.
-- It empties the keys that int_procedure_daily recomputes by, too, and so runs after it.
-- depends_on: {{ ref('int_procedure_daily') }}, {{ ref('int_cells_before') }}
-- depends_on: {{ ref('int_pending_dossier_codes') }}, {{ ref('int_cells_to_recompute') }}
-- depends_on: {{ ref('fct_dossier_reversal') }}, {{ ref('int_unserved_keys') }} (must have read the pending numbers before
-- they are deleted here)
select
    handling_unit as unit_code,
    received_date,
    coalesce(overdue_from_date, {{ doomsday() }}) as overdue_from_date,
    count(*) as received,
    count(*) filter (where is_online) as online,
    count(*) filter (where is_obligated) as obligated,
    count(*) filter (where is_obligated and is_paid_online) as obligated_paid_online,
    cast(coalesce(sum(n_succeeded_transactions) filter (where is_obligated), 0) as bigint) as obligated_transactions,
    count(*) filter (where has_electronic_result) as electronic_result,
    count(*) filter (where has_digitised_parts) as digitised,
    count(*) filter (where has_reused_part) as reused,
    count(*) filter (where is_from_personal_store) as personal_store,
    count(*) filter (where is_vneid_verified) as vneid_verified,
    count(*) filter (where is_dissatisfied) as dissatisfied,
    count(*) filter (where is_without_due_at) as without_due_at,
    count(*) filter (where is_ended_without_date) as ended_without_date,
    count(*) filter (where timeliness = 'not_judged') as not_judged,
    count(*) filter (where timeliness not in ('running', 'not_judged')) as resolved,
    count(*) filter (where timeliness = 'early') as early,
    count(*) filter (where timeliness = 'on_the_day') as on_the_day,
    count(*) filter (where timeliness = 'overdue') as overdue_resolved
from {{ ref('fct_dossier') }}
where
    received_date is not null
    {% if is_incremental() -%}
        and (handling_unit, received_date) in (
            select
                k.handling_unit,
                k.received_date
            from {{ ref('int_cells_to_recompute') }} as k
        )
    {%- endif %}
group by
    handling_unit,
    received_date,
    coalesce(overdue_from_date, {{ doomsday() }})
