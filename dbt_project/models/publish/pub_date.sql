-- The calendar that charts over time stand on: a day without a delivery is a day all the same.
select
    day,
    year,
    quarter_key,
    quarter_vi,
    month_key,
    month_vi,
    weekday,
    weekday_vi,
    is_working_day,
    holiday_vi,
    holiday_en
from {{ ref('dim_date') }}
