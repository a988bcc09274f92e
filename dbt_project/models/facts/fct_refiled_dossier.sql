-- Dossiers withdrawn or stopped (status 7 or 8) close to their due day or after it, and one filed at once after them in
-- the same unit, for the same procedure, by the same kind of applicant, through the same channel. Nobody's name is known
-- here: the only defence against coincidence is that hardly anything of that kind is filed in that unit. So each case
-- says after how many minutes the new one came and how many of the kind were filed in the 30 days before; the limits of
-- both are registry data (fct_integrity_case). A withdrawal without a time of day finds nothing.
{% set filed -%}
(
        select
            dossier_key,
            system,
            dossier_code,
            delivering_unit,
            handling_unit,
            procedure_code,
            applicant_kind,
            channel,
            status,
            received_date,
            due_at,
            ended_at,
            coalesce(submitted_at, received_at) as filed_at,
            revision_id,
            row_number,
            export_date
        from {{ ref('fct_dossier') }}
    )
{%- endset %}
-- Few end so: they are found first, and only what they ask for is read of the others. Named once in a WITH, all dossiers
-- would be written down before anything is asked of them.
with ended as (

    select e.*
    from {{ filed }} as e
    where
        e.status in (7, 8)
        and e.ended_at is not null
        and e.due_at is not null
        and {{ days_from('cast(e.ended_at as date)', 'cast(e.due_at as date)') }} <= 31

),

alike as (

    select
        e.dossier_key,
        f.dossier_key as new_dossier_key,
        f.filed_at,
        f.filed_at >= e.ended_at as is_after
    from ended as e
    inner join {{ filed }} as f
        on
            e.system = f.system
            and e.delivering_unit = f.delivering_unit
            and e.handling_unit = f.handling_unit
            and e.procedure_code = f.procedure_code
            and e.applicant_kind = f.applicant_kind
            and e.channel = f.channel
            and e.dossier_key <> f.dossier_key
            and f.filed_at >= e.ended_at - interval '30 days'
            and cast(f.filed_at as date) <= cast(e.ended_at as date)

),

counted as (

    select
        dossier_key,
        count(*) filter (where not is_after) as n_alike_before,
        min(filed_at) filter (where is_after) as filed_again_at
    from alike
    group by dossier_key

),

chosen as (

    select
        c.dossier_key,
        c.n_alike_before,
        a.new_dossier_key,
        row_number() over (partition by c.dossier_key order by a.new_dossier_key) as position
    from counted as c
    inner join alike as a
        on
            c.dossier_key = a.dossier_key
            and c.filed_again_at = a.filed_at

),

matched as (

    -- A new dossier follows the one withdrawn last before it.
    select
        c.dossier_key,
        c.n_alike_before,
        c.new_dossier_key,
        row_number() over (partition by c.new_dossier_key order by e.ended_at desc, c.dossier_key asc) as position
    from chosen as c
    inner join ended as e on c.dossier_key = e.dossier_key
    where c.position = 1

)

select
    e.dossier_key,
    'cancelled_and_refiled' as signal,
    e.system,
    e.dossier_code,
    n.dossier_code as new_dossier_code,
    e.handling_unit,
    e.received_date,
    e.ended_at as earlier_at,
    n.filed_at as later_at,
    cast({{ days_from('cast(e.ended_at as date)', 'cast(e.due_at as date)') }} as integer) as days,
    cast({{ minutes_between('e.ended_at', 'n.filed_at') }} as integer) as minutes_after,
    cast(m.n_alike_before as integer) as n_alike_before,
    e.revision_id as earlier_revision_id,
    e.row_number as earlier_row_number,
    v.revision_id as later_revision_id,
    v.row_number as later_row_number,
    v.export_date as later_export_date
from matched as m
inner join ended as e on m.dossier_key = e.dossier_key
inner join {{ filed }} as n on m.new_dossier_key = n.dossier_key
-- the row that first showed it
inner join {{ ref('fct_dossier_version') }} as v
    on
        n.dossier_code = v.dossier_code
        and n.dossier_key = v.dossier_key
        and v.version_number = 1
where m.position = 1
