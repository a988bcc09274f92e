-- An objection is what its newest form says, one row a dossier there; the office's newest answer goes with it. Whether
-- it came in time is judged by the default method of its period, of several the youngest.
with positioned as (

    select
        *,
        dense_rank() over (
            partition by objection_key
            order by export_date desc, system desc, revision_id desc
        ) as position
    from {{ ref('stg_objections') }}

),

objections as (

    select
        objection_key,
        unit_code,
        objection_number,
        min(criterion) as criterion,
        min(period_start) as period_start,
        min(period_end) as period_end,
        min(objection_reason) as objection_reason,
        count(distinct dossier_code) as dossiers,
        {{ listed('dossier_code', ' ', 'dossier_code', distinct=true) }} as dossier_codes,
        min(cast(filed_at as date)) as filed_on,
        min(revision_id) as revision_id
    from positioned
    where position = 1
    group by
        objection_key,
        unit_code,
        objection_number

),

windows as (

    select
        o.objection_key,
        o.period_end + m.late_days + m.objection_days as window_ends,
        row_number() over (
            partition by o.objection_key
            order by m.valid_from desc, m.method asc
        ) as position
    from objections as o
    inner join {{ ref('dim_method') }} as m
        on
            m.is_default
            and o.period_end >= m.valid_from
            and o.period_start <= coalesce(m.valid_to, {{ doomsday() }})

)

select
    o.objection_key,
    o.unit_code,
    o.objection_number,
    o.criterion,
    o.period_start,
    o.period_end,
    o.objection_reason,
    cast(o.dossiers as integer) as dossiers,
    o.dossier_codes,
    o.filed_on,
    w.window_ends,
    o.filed_on > w.window_ends as is_late,
    coalesce(a.decision, 'open') as state,
    a.answered_by,
    a.answered_on,
    a.answer_note,
    o.revision_id
from objections as o
left join windows as w
    on
        o.objection_key = w.objection_key
        and w.position = 1
left join {{ ref('stg_objection_answers') }} as a on o.objection_key = a.objection_key
