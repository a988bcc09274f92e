-- Own desk and units below make the subtree.
select
    unit_code,
    period_id
from {{ ref('fct_unit_volume') }}
group by
    unit_code,
    period_id
having
    sum(case when scope = 'subtree' then received else -received end) <> 0
    or sum(case when scope = 'subtree' then running + resolved + not_judged - received else 0 end) <> 0
    or sum(case when scope = 'subtree' then early + on_the_day + overdue_resolved - resolved else 0 end) <> 0
