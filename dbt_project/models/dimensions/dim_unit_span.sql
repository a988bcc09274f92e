-- A unit between two changes: its versions, cut where a merger gives it territory or takes some. Units that mergers name
-- and the registry does not hold stand here too, without agency code, so that nobody takes a sum without them for whole.
with cuts as (

    select
        unit_code,
        valid_from as starts_on
    from {{ ref('stg_units') }}

    union

    select
        old_unit_code as unit_code,
        effective_from as starts_on
    from {{ ref('dim_unit_merger') }}

    union

    select
        new_unit_code as unit_code,
        effective_from as starts_on
    from {{ ref('dim_unit_merger') }}

),

listed as (

    select
        u.unit_code,
        u.admin_code,
        u.name as unit_name,
        u.unit_kind,
        u.level,
        c.starts_on,
        coalesce(u.valid_to, {{ doomsday() }}) as version_to,
        lag(c.starts_on) over (partition by u.unit_code order by c.starts_on) as previous_from,
        lead(c.starts_on) over (partition by u.unit_code order by c.starts_on) as next_from
    from cuts as c
    inner join {{ ref('stg_units') }} as u
        on
            c.unit_code = u.unit_code
            and c.starts_on between u.valid_from and coalesce(u.valid_to, {{ doomsday() }})

)

select
    unit_code || ':' || cast(starts_on as {{ dbt.type_string() }}) as span_key,
    unit_code,
    admin_code,
    unit_name,
    unit_kind,
    level,
    starts_on as span_from,
    least(coalesce(next_from - 1, {{ doomsday() }}), version_to) as span_to,
    case when previous_from is null then cast('0001-01-01' as date) else starts_on end as holds_from,
    coalesce(next_from - 1, {{ doomsday() }}) as holds_to
from listed

union all

select distinct
    '?' || old_level || ':' || old_admin_code || ':until:' || cast(effective_from as {{ dbt.type_string() }}) as span_key,
    cast(null as {{ dbt.type_string() }}) as unit_code,
    old_admin_code as admin_code,
    old_name as unit_name,
    cast(null as {{ dbt.type_string() }}) as unit_kind,
    old_level as level,
    cast('0001-01-01' as date) as span_from,
    effective_from - 1 as span_to,
    cast('0001-01-01' as date) as holds_from,
    effective_from - 1 as holds_to
from {{ ref('dim_unit_merger') }}
where old_unit_code is null

union all

select distinct
    '?' || new_admin_code || ':from:' || cast(effective_from as {{ dbt.type_string() }}) as span_key,
    cast(null as {{ dbt.type_string() }}) as unit_code,
    new_admin_code as admin_code,
    new_name as unit_name,
    cast(null as {{ dbt.type_string() }}) as unit_kind,
    cast(null as {{ dbt.type_string() }}) as level,
    effective_from as span_from,
    {{ doomsday() }} as span_to,
    effective_from as holds_from,
    {{ doomsday() }} as holds_to
from {{ ref('dim_unit_merger') }}
where new_unit_code is null
