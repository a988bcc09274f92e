-- Group totals: the sum of the rounded criterion scores, as the portal does (unrounded sums miss its totals).
with groups as (

    select
        method,
        group_name,
        count(*) as n_criteria,
        sum(max_score) as max_score
    from {{ ref('dim_criterion') }}
    group by
        method,
        group_name

)

select
    s.unit_code,
    s.period_id,
    s.method,
    s.group_name,
    cast(sum(s.score) as decimal(9, 2)) as score,
    cast(sum(s.max_score) as decimal(9, 2)) as max_attainable,
    cast(max(g.max_score) as decimal(9, 2)) as max_score,
    cast(count(*) as integer) as n_criteria,
    count(*) = max(g.n_criteria) as is_complete
from {{ ref('fct_unit_score') }} as s
inner join groups as g
    on
        s.method = g.method
        and s.group_name = g.group_name
group by
    s.unit_code,
    s.period_id,
    s.method,
    s.group_name
