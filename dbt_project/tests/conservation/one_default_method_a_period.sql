select period_id
from {{ ref('fct_period_method') }}
group by period_id
having count(*) filter (where is_default) > 1
