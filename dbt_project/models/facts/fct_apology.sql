{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
        pre_hook="{{ delete_keys(ref('int_pending_letters'), 'dossier_code') }}",
        indexes=index_for_postgres(['dossier_code']),
    )
}}
-- The current state of an apology letter: the last delivered row. Joined to its dossier as payments are.
with positioned as (

    select
        *,
        row_number() over (
            partition by letter_key
            order by export_date desc, delivering_unit desc, row_number desc, system desc
        ) as position
    from {{ ref('stg_apologies') }}
    {{ only_keys(ref('int_pending_letters'), 'dossier_code') }}

),

letters as (

    select *
    from positioned
    where position = 1

),

{{ resolve_dossier('letters', 'letter_key') }}

select
    l.letter_key,
    l.system,
    l.unit_code,
    l.dossier_code,
    r.dossier_key,
    {{ join_status('l', 'r') }} as join_status,
    l.letter_number,
    l.signed_at,
    l.new_due_at,
    l.is_sent,
    l.revision_id,
    l.row_number,
    l.delivering_unit,
    l.export_date
from letters as l
left join resolved as r on l.letter_key = r.letter_key
