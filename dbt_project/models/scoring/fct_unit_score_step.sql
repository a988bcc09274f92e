-- What one case more, or one case less, in the numerator of a criterion changes; its denominator stays.
-- A share stops at its denominator; what exceeds it already (transactions) goes on.
with steps as (

    select
        s.unit_code,
        s.period_id,
        s.method,
        s.criterion,
        s.numerator,
        s.denominator,
        s.max_score,
        s.score,
        c.full_at_percent,
        least(s.numerator + 1, greatest(s.denominator, s.numerator)) as one_more,
        greatest(s.numerator - 1, 0) as one_less
    from {{ ref('fct_unit_score') }} as s
    inner join {{ ref('dim_criterion') }} as c
        on
            s.method = c.method
            and s.criterion = c.criterion
    where s.denominator > 0

)

select
    unit_code,
    period_id,
    method,
    criterion,
    cast({{ half_up_score('one_more', 'denominator', 'max_score', 'full_at_percent') }} - score as decimal(9, 2)) as gain,
    {{ half_up_gain('numerator', 'one_more', 'denominator', 'max_score', 'full_at_percent') }} as gain_unrounded,
    cast(score - {{ half_up_score('one_less', 'denominator', 'max_score', 'full_at_percent') }} as decimal(9, 2)) as loss,
    {{ half_up_gain('one_less', 'numerator', 'denominator', 'max_score', 'full_at_percent') }} as loss_unrounded
from steps
