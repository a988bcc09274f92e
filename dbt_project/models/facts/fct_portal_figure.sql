-- What the portal publishes. Its values are official: recomputed ones stand beside them, never in their place.
with positioned as (

    select
        *,
        row_number() over (
            partition by unit_code, period_start, period_end, criterion
            order by export_date desc, system desc, delivering_unit desc, row_number desc
        ) as position
    from {{ ref('stg_portal') }}

)

select
    s.unit_code,
    p.period_id,
    s.criterion,
    s.numerator,
    s.denominator,
    s.published_percent,
    s.published_score,
    s.max_score,
    s.revision_id,
    s.row_number,
    s.export_date
from positioned as s
inner join {{ ref('dim_period') }} as p
    on
        s.period_start = p.period_start
        and s.period_end = p.period_end
where s.position = 1
