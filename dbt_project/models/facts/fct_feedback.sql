{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
        pre_hook="{{ delete_keys(ref('int_pending_feedback'), 'feedback_code') }}",
        indexes=index_for_postgres(['feedback_code']) + index_for_postgres(['dossier_code']),
    )
}}
-- The current state of a petition or rating: the last delivered row.
with positioned as (

    select
        *,
        row_number() over (
            partition by feedback_code
            order by export_date desc, delivering_unit desc, row_number desc, system desc
        ) as position
    from {{ ref('stg_feedback') }}
    {{ only_keys(ref('int_pending_feedback'), 'feedback_code') }}

),

feedback as (

    select *
    from positioned
    where position = 1

),

{{ resolve_dossier('feedback', 'feedback_code') }}

select
    f.feedback_code,
    f.system,
    f.unit_code,
    f.feedback_kind,
    f.dossier_code,
    r.dossier_key,
    {{ join_status('f', 'r') }} as join_status,
    f.received_at,
    f.received_date,
    f.due_at,
    f.answered_at,
    f.is_satisfied,
    {{ overdue_from('f.answered_at', 'f.due_at') }} as overdue_from_date,
    f.due_at is null as is_without_due_at,
    f.revision_id,
    f.row_number,
    f.delivering_unit,
    f.export_date
from feedback as f
left join resolved as r on f.feedback_code = r.feedback_code
