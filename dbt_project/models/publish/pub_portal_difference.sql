-- Our counts and scores beside the national portal's, with the kind of each difference.
select
    d.unit_code,
    u.unit_name,
    u.province_code,
    d.period_id,
    d.method,
    d.criterion,
    d.our_numerator,
    d.our_denominator,
    d.our_score,
    d.portal_numerator,
    d.portal_denominator,
    d.published_percent,
    d.published_score,
    d.difference,
    d.other_period_id
from {{ ref('fct_portal_difference') }} as d
inner join {{ ref('dim_unit_period') }} as u
    on
        d.unit_code = u.unit_code
        and d.period_id = u.period_id
