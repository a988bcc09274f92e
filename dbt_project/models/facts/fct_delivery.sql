-- Every file revision that arrived, and whether it came in time. Lateness comes from registry and ledger alone.
with due as (

    select
        d.revision_id,
        min(cast(cast(d.export_date + s.due_days as {{ dbt.type_string() }}) || ' ' || s.due_time || ':00' as timestamp)) as due_at
    from {{ ref('stg_deliveries') }} as d
    inner join {{ ref('dim_system_unit') }} as s
        on
            d.system = s.system
            and d.unit_code = s.unit_code
            and d.dataset = s.dataset
            and d.export_date between s.valid_from and coalesce(s.valid_to, {{ doomsday() }})
    group by d.revision_id

)

select
    d.revision_id,
    d.system,
    d.unit_code,
    d.export_date,
    d.dataset,
    d.revision,
    d.path,
    d.sha256,
    d.size_bytes,
    d.outcome,
    d.reason,
    d.is_in_force,
    d.rows_read,
    d.rows_accepted,
    d.rows_quarantined,
    d.rows_duplicate,
    d.warnings,
    d.repeats,
    d.arrived_at,
    d.destroyed_on,
    d.destroyed_basis,
    u.due_at,
    case
        when d.arrived_at is null or u.due_at is null then 'unknown'
        when d.arrived_at <= u.due_at then 'on_time'
        else 'late'
    end as timeliness
from {{ ref('stg_deliveries') }} as d
left join due as u on d.revision_id = u.revision_id
