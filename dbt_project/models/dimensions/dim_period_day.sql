-- Every day of every period, so that facts join their periods by equality.
select
    period_id,
    as_of_date,
    {{ days_between('period_start', 'period_end') }} as day
from {{ ref('dim_period') }}
