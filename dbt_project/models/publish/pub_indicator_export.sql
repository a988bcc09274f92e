-- The flat file other systems key on (unit, start, end, indicator): default method, group totals as GROUP:<name>.
with default_methods as (

    select
        period_id,
        method
    from {{ ref('fct_period_method') }}
    where is_default

),

lines as (

    select
        i.unit_code,
        i.period_id,
        i.indicator,
        i.numerator,
        i.denominator,
        s.score,
        m.method,
        i.indicator_null_reason as null_reason,
        i.source
    from {{ ref('fct_unit_indicator') }} as i
    left join default_methods as m on i.period_id = m.period_id
    left join {{ ref('fct_unit_score') }} as s
        on
            i.unit_code = s.unit_code
            and i.period_id = s.period_id
            and m.method = s.method
            and i.indicator = s.criterion
    where i.is_used

    union all

    select
        g.unit_code,
        g.period_id,
        'GROUP:' || g.group_name as indicator,
        cast(null as decimal(18, 4)) as numerator,
        cast(null as decimal(18, 4)) as denominator,
        g.score,
        g.method,
        cast(null as {{ dbt.type_string() }}) as null_reason,
        'computed' as source
    from {{ ref('fct_unit_group_score') }} as g
    inner join default_methods as m
        on
            g.period_id = m.period_id
            and g.method = m.method

)

select
    l.unit_code,
    p.period_start,
    p.period_end,
    p.period_kind,
    l.indicator,
    l.numerator,
    l.denominator,
    l.score,
    l.method,
    u.level,
    u.unit_name,
    l.null_reason,
    l.source
from lines as l
inner join {{ ref('dim_period') }} as p on l.period_id = p.period_id
inner join {{ ref('dim_unit_period') }} as u
    on
        l.unit_code = u.unit_code
        and l.period_id = u.period_id
