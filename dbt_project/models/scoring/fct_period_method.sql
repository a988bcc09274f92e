-- Which methods score which period: every method whose validity overlaps it. Of several default methods (the rule
-- changed within the period) the youngest is the period's default.
with overlapping as (

    select
        p.period_id,
        m.method,
        m.is_default,
        row_number() over (
            partition by p.period_id, m.is_default
            order by m.valid_from desc, m.method asc
        ) as position
    from {{ ref('dim_period') }} as p
    inner join {{ ref('dim_method') }} as m
        on
            p.period_end >= m.valid_from
            and p.period_start <= coalesce(m.valid_to, {{ doomsday() }})

)

select
    period_id,
    method,
    is_default and position = 1 as is_default
from overlapping
