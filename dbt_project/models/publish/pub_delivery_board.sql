-- One square of the delivery board: a unit's dataset on a business day.
with names as (

    select
        system,
        min(system_name) as system_name
    from {{ ref('dim_system_unit') }}
    group by system

),

units as (

    select
        unit_code,
        unit_name
    from {{ ref('dim_unit') }}
    where is_latest

)

select
    e.system,
    n.system_name,
    e.unit_code,
    u.unit_name,
    e.export_date,
    e.dataset,
    e.status,
    e.is_expected,
    e.revisions,
    e.first_readable_at,
    e.due_at,
    e.refused_reason,
    e.rows_read,
    e.rows_accepted,
    e.rows_quarantined,
    e.rows_duplicate
from {{ ref('fct_expected_delivery') }} as e
left join names as n on e.system = n.system
left join units as u on e.unit_code = u.unit_code
