{{ config(materialized='table', contract={'enforced': true}) }}
-- The target that binds a unit in a period: one for the unit itself before one for its level before one for all,
-- the youngest of equals. Met or not is decided by whole products, never by a rounded ratio.
with applicable as (

    select
        i.unit_code,
        i.period_id,
        i.indicator,
        i.numerator,
        i.denominator,
        t.operator,
        t.target_percent,
        t.source,
        row_number() over (
            partition by i.unit_code, i.period_id, i.indicator
            order by
                case when t.unit_code is not null then 1 when t.level is not null then 2 else 3 end asc,
                t.period_from desc,
                t.target_percent desc,
                t.source asc
        ) as position
    from {{ ref('fct_unit_indicator') }} as i
    inner join {{ ref('dim_unit_period') }} as u
        on
            i.unit_code = u.unit_code
            and i.period_id = u.period_id
    inner join {{ ref('dim_period') }} as p on i.period_id = p.period_id
    inner join {{ ref('dim_target') }} as t
        on
            i.indicator = t.indicator
            and coalesce(t.unit_code, i.unit_code) = i.unit_code
            and coalesce(t.level, u.level) = u.level
            and p.period_end between t.period_from and coalesce(t.period_to, {{ doomsday() }})
    where i.is_used

)

select
    unit_code,
    period_id,
    indicator,
    operator,
    target_percent,
    case
        when denominator > 0 and operator = '>' then numerator * 100 > target_percent * denominator
        when denominator > 0 and operator = '<' then numerator * 100 < target_percent * denominator
        when denominator > 0 and operator = '<=' then numerator * 100 <= target_percent * denominator
        when denominator > 0 then numerator * 100 >= target_percent * denominator
    end as is_met,
    source
from applicable
where position = 1
