-- The periods that everything is reported by. One of them is what a chart shows that names none: of those with a ranking
-- the one that is over and began last (a month before the quarter that ends with it), else the running one that began
-- last; the whole span of the exports only where there is no other.
with placed as (

    select
        p.period_id,
        row_number() over (
            order by
                p.is_complete desc,
                case when p.period_kind = 'to_date' then 1 else 0 end asc,
                p.period_start desc,
                p.period_end asc
        ) as place
    from {{ ref('dim_period') }} as p
    inner join {{ ref('fct_period_method') }} as m
        on
            p.period_id = m.period_id
            and m.is_default
    where
        exists (
            select 1
            from {{ ref('fct_ranking') }} as r
            where
                r.period_id = m.period_id
                and r.method = m.method
                and r.rank is not null
        )

)

select
    p.period_id,
    p.period_kind,
    p.is_to_date,
    p.period_start,
    p.period_end,
    p.as_of_date,
    p.is_complete,
    p.period_series,
    p.label_vi as period_vi,
    p.label_en as period_en,
    m.method as default_method,
    coalesce(d.place = 1, false) as is_default_period
from {{ ref('dim_period') }} as p
left join {{ ref('fct_period_method') }} as m
    on
        p.period_id = m.period_id
        and m.is_default
left join placed as d on p.period_id = d.period_id
