-- One criterion score: min(max, max x ratio / threshold), half-up to two decimals, in whole numbers only.
with inputs as (

    {{ score_input() }}

),

methods as (

    {{ score_methods() }}

),

measured as (

    select
        i.unit_code,
        i.period_id,
        i.criterion,
        i.numerator,
        i.denominator,
        m.method
    from inputs as i
    inner join methods as m on i.period_id = m.period_id
    where
        i.numerator is not null
        and i.denominator is not null

)

select
    i.unit_code,
    i.period_id,
    i.method,
    i.criterion,
    c.group_name,
    i.numerator,
    i.denominator,
    c.max_score,
    case
        when i.denominator > 0 then {{ half_up_score('i.numerator', 'i.denominator', 'c.max_score', 'c.full_at_percent') }}
        when c.zero_denominator = 'maximum' then c.max_score
        else cast(0 as decimal(9, 2))
    end as score,
    case when i.denominator > 0 then null else 'zero_denominator' end as score_null_reason
from measured as i
inner join {{ ref('dim_criterion') }} as c
    on
        i.method = c.method
        and i.criterion = c.criterion
