-- The least and the greatest score that a criterion may have, whatever the cases that are not known turn out to be, in
-- whole numbers only. With at most u changes of n good ones of d cases the ratio lies between (n - u) / d and
-- (n + u) / d: to turn a case moves it further than to add or to take one away, as long as n <= d. Without a case so
-- far anything may come. What the portal published or a unit declared is known, unless exports may still take its place.
with exports as (

    select
        unit_code,
        period_id,
        indicator as criterion,
        numerator,
        denominator
    from {{ ref('fct_unit_indicator') }}
    where
        source = 'exports'
        and numerator is not null
        and denominator is not null

),

open_scores as (

    select
        s.unit_code,
        s.period_id,
        s.method,
        s.criterion,
        s.score,
        c.max_score,
        c.full_at_percent,
        e.numerator,
        e.denominator,
        greatest(e.numerator, e.denominator) as most,
        case when e.denominator is null then 0 else coalesce(u.cases, 0) end as cases,
        coalesce(u.is_any, false) or e.denominator = 0 as is_any
    from {{ ref('fct_unit_score') }} as s
    inner join {{ ref('dim_criterion') }} as c
        on
            s.method = c.method
            and s.criterion = c.criterion
    left join exports as e
        on
            s.unit_code = e.unit_code
            and s.period_id = e.period_id
            and s.criterion = e.criterion
    left join {{ ref('int_criterion_unknown') }} as u
        on
            s.unit_code = u.unit_code
            and s.period_id = u.period_id
            and s.criterion = u.criterion

)

select
    unit_code,
    period_id,
    method,
    criterion,
    cast(cases as bigint) as unknown_cases,
    case
        when cases = 0 then score
        when is_any then cast(0 as decimal(9, 2))
        else {{ half_up_score('greatest(numerator - cases, 0)', 'denominator', 'max_score', 'full_at_percent') }}
    end as score_low,
    case
        when cases = 0 then score
        when is_any then cast(max_score as decimal(9, 2))
        else {{ half_up_score('least(numerator + cases, most)', 'denominator', 'max_score', 'full_at_percent') }}
    end as score_high
from open_scores
