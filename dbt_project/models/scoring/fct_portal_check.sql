-- The portal's published scores beside the recomputed ones. Only what the portal's own figures give is compared.
with recomputed as (

    select
        f.unit_code,
        f.period_id,
        s.method,
        f.criterion,
        f.published_score,
        s.score
    from {{ ref('fct_portal_figure') }} as f
    inner join {{ ref('fct_unit_score') }} as s
        on
            f.unit_code = s.unit_code
            and f.period_id = s.period_id
            and f.criterion = s.criterion
    inner join {{ ref('fct_unit_indicator') }} as i
        on
            s.unit_code = i.unit_code
            and s.period_id = i.period_id
            and s.criterion = i.indicator
            and i.is_used
    where
        i.source = 'portal'
        and f.published_score is not null

    union all

    select
        f.unit_code,
        f.period_id,
        g.method,
        f.criterion,
        f.published_score,
        g.score
    from {{ ref('fct_portal_figure') }} as f
    inner join {{ ref('fct_unit_group_score') }} as g
        on
            f.unit_code = g.unit_code
            and f.period_id = g.period_id
            and f.criterion = 'GROUP:' || g.group_name
    where
        f.published_score is not null
        and g.is_complete

)

select
    unit_code,
    period_id,
    method,
    criterion,
    published_score,
    score as recomputed_score,
    published_score = score as is_equal
from recomputed
