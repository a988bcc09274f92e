-- noqa: disable=LT02
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
        pre_hook="{{ delete_keys(ref('int_pending_dossier_codes'), 'dossier_code') }}",
        indexes=index_for_postgres(['dossier_code']),
    )
}}
-- Where a later row of a dossier takes back what an earlier row of the same delivering unit said: an end before a day of
-- which a file showed it running, a due day moved later once it had passed, a finished dossier that runs again. The
-- first case of each kind stands; limits come later (fct_integrity_case), so that they may change without a rebuild.
--
-- Most dossiers take nothing back. One grouping of all rows finds those that may, and only they are put in order.
with suspects as (

    select
        dossier_key,
        delivering_unit
    from {{ ref('stg_dossiers') }}
    {{ only_keys(ref('int_pending_dossier_codes'), 'dossier_code') }}
    group by
        dossier_key,
        delivering_unit
    having
        min(cast(least(finished_at, returned_at, refused_at) as date)) < max(export_date) filter (where {{ is_running('status') }})
        or min(export_date) filter (where status in (9, 10)) <= max(export_date) filter (where {{ is_running('status') }})
        or min(cast(due_at as date)) < max(cast(due_at as date))

),

rows_in_order as (

    select
        d.dossier_key,
        d.system,
        d.dossier_code,
        d.delivering_unit,
        d.handling_unit,
        d.received_date,
        d.export_date,
        d.status,
        d.due_at,
        d.supplement_count,
        d.supplement_wait_seconds,
        d.revision_id,
        d.row_number,
        {{ shown_day('d') }} as shown_day,
        case when not {{ is_running('d.status') }} then {{ written_end('d') }} end as ended_at,
        row_number() over in_order as position,
        coalesce(lead(d.export_date) over in_order <> d.export_date, true) as is_last_of_day
    from {{ ref('stg_dossiers') }} as d
    inner join suspects as s
        on
            d.dossier_key = s.dossier_key
            and d.delivering_unit = s.delivering_unit
    {{ only_keys(ref('int_pending_dossier_codes'), 'd.dossier_code') }}
    window
        in_order as (
            partition by d.dossier_key, d.delivering_unit
            order by d.export_date, d.updated_at nulls first, d.row_number
        )

),

pairs as (

    -- Only the last row of a day says how the day ended: an export may show each change of a day.
    select
        'end_backdated' as signal,
        cast(a.shown_day as timestamp) as earlier_at,
        b.ended_at as later_at,
        {{ days_from('cast(b.ended_at as date)', 'a.shown_day') }} as days,
        a.position as earlier_position,
        b.position as later_position,
        b.dossier_key,
        b.delivering_unit
    from rows_in_order as a
    inner join rows_in_order as b
        on
            a.dossier_key = b.dossier_key
            and a.delivering_unit = b.delivering_unit
            and a.position < b.position
            and a.shown_day > cast(b.ended_at as date)
    where
        {{ is_running('a.status') }}
        and a.is_last_of_day

    union all

    -- A request for papers moves the due day by law; so both rows must know the same requests, answered alike.
    select
        'due_moved_late' as signal,
        a.due_at as earlier_at,
        b.due_at as later_at,
        {{ days_from('cast(a.due_at as date)', 'cast(b.due_at as date)') }} as days,
        a.position as earlier_position,
        b.position as later_position,
        b.dossier_key,
        b.delivering_unit
    from rows_in_order as a
    inner join rows_in_order as b
        on
            a.dossier_key = b.dossier_key
            and a.delivering_unit = b.delivering_unit
            and a.position + 1 = b.position
            and cast(a.due_at as date) < cast(b.due_at as date)
            and cast(a.due_at as date) < b.shown_day
    where
        a.status <> 5
        and b.status <> 5
        and coalesce(a.supplement_count, 0) = coalesce(b.supplement_count, 0)
        and coalesce(a.supplement_wait_seconds, 0) = coalesce(b.supplement_wait_seconds, 0)

    union all

    select
        'finished_and_reopened' as signal,
        a.ended_at as earlier_at,
        cast(b.shown_day as timestamp) as later_at,
        {{ days_from('a.export_date', 'b.export_date') }} as days,
        a.position as earlier_position,
        b.position as later_position,
        b.dossier_key,
        b.delivering_unit
    from rows_in_order as a
    inner join rows_in_order as b
        on
            a.dossier_key = b.dossier_key
            and a.delivering_unit = b.delivering_unit
            and a.position + 1 = b.position
    where
        a.status in (9, 10)
        and {{ is_running('b.status') }}

),

-- The first later row that takes something back, held against the last earlier row that it contradicts.
ranked as (

    select
        p.*,
        row_number() over (
            partition by p.dossier_key, p.signal
            order by p.later_position asc, p.earlier_position desc, p.delivering_unit asc
        ) as rank_of_case
    from pairs as p

)

select
    r.dossier_key,
    r.signal,
    b.system,
    b.dossier_code,
    b.handling_unit,
    b.received_date,
    r.earlier_at,
    r.later_at,
    cast(r.days as integer) as days,
    a.revision_id as earlier_revision_id,
    a.row_number as earlier_row_number,
    b.revision_id as later_revision_id,
    b.row_number as later_row_number,
    b.export_date as later_export_date
from ranked as r
inner join rows_in_order as a
    on
        r.dossier_key = a.dossier_key
        and r.delivering_unit = a.delivering_unit
        and r.earlier_position = a.position
inner join rows_in_order as b
    on
        r.dossier_key = b.dossier_key
        and r.delivering_unit = b.delivering_unit
        and r.later_position = b.position
where r.rank_of_case = 1
