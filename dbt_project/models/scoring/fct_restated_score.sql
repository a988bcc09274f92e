-- Scores of restated figures by the default method in force on the last business day: what today's rule would have said
-- of today's units then. No ranking reads them; what was published stays in fct_unit_score.
with today as (

    select coalesce(max(as_of_date), max(period_end)) as day
    from {{ ref('dim_period') }}

),

methods as (

    select
        m.method,
        row_number() over (order by m.valid_from desc, m.method asc) as position
    from {{ ref('dim_method') }} as m
    inner join today as t on t.day between m.valid_from and coalesce(m.valid_to, {{ doomsday() }})
    where m.is_default

)

select
    r.unit_code,
    r.period_id,
    m.method,
    r.indicator as criterion,
    r.numerator,
    r.denominator,
    c.max_score,
    case
        when r.denominator > 0 then {{ half_up_score('r.numerator', 'r.denominator', 'c.max_score', 'c.full_at_percent') }}
        when c.zero_denominator = 'maximum' then c.max_score
        else cast(0 as decimal(9, 2))
    end as score
from {{ ref('fct_restated_indicator') }} as r
inner join methods as m on m.position = 1
inner join {{ ref('dim_criterion') }} as c
    on
        m.method = c.method
        and r.indicator = c.criterion
where
    r.numerator is not null
    and r.denominator is not null
