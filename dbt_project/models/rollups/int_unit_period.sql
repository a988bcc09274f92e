-- Which units a period shows: every unit valid on any of its days, and every unit with data in it.
select
    u.unit_code,
    p.period_id
from {{ ref('stg_units') }} as u
inner join {{ ref('dim_period') }} as p
    on
        u.valid_from <= p.period_end
        and coalesce(u.valid_to, {{ doomsday() }}) >= p.period_start

union

select
    unit_code,
    period_id
from {{ ref('int_unit_period_dossiers') }}

union

select
    unit_code,
    period_id
from {{ ref('int_unit_period_petitions') }}

union

select
    unit_code,
    period_id
from {{ ref('int_unit_period_vneid') }}

union

select
    unit_code,
    period_id
from {{ ref('fct_declared_figure') }}
where period_id is not null

union

select
    s.unit_code,
    p.period_id
from {{ ref('stg_portal') }} as s
inner join {{ ref('dim_period') }} as p
    on
        s.period_start = p.period_start
        and s.period_end = p.period_end
