-- Dossiers that a file showed running and overdue, and that the revision in force of the same file no longer holds, nor
-- any other file in force. Absence from other days says nothing: an export holds what changed on its day. Such a
-- dossier has left every figure. A row that the newer revision holds in quarantine has not vanished: it waits to be mended.
with running as (

    select
        r.*,
        d.unit_code,
        d.dataset
    from {{ ref('stg_replaced_dossiers') }} as r
    inner join {{ ref('stg_deliveries') }} as d on r.revision_id = d.revision_id
    where
        {{ is_running('r.status') }}
        and cast(r.due_at as date) < r.export_date

),

gone as (

    select r.*
    from running as r
    where
        not exists (
            select 1
            from {{ ref('fct_dossier') }} as f
            where
                r.dossier_code = f.dossier_code
                and r.dossier_key = f.dossier_key
        )

),

replaced as (

    select
        g.*,
        n.revision_id as later_revision_id,
        n.arrived_at,
        row_number() over (partition by g.dossier_key order by g.export_date desc, g.revision_id asc, g.row_number asc) as position
    from gone as g
    inner join {{ ref('stg_deliveries') }} as n
        on
            g.system = n.system
            and g.unit_code = n.unit_code
            and g.export_date = n.export_date
            and g.dataset = n.dataset
            and g.revision_id <> n.revision_id
    where
        n.is_in_force
        and not exists (
            select 1
            from {{ ref('stg_quarantine') }} as q
            where
                n.revision_id = q.revision_id
                and position('"' || g.dossier_code || '"' in q.payload) > 0
        )

)

select
    dossier_key,
    'vanished_overdue' as signal,
    system,
    dossier_code,
    handling_unit,
    received_date,
    due_at as earlier_at,
    arrived_at as later_at,
    cast({{ days_from('cast(due_at as date)', 'export_date') }} as integer) as days,
    revision_id as earlier_revision_id,
    row_number as earlier_row_number,
    later_revision_id,
    cast(null as integer) as later_row_number,
    export_date as later_export_date
from replaced
where position = 1
