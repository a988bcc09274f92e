select
    day,
    is_working_day,
    holiday_vi,
    holiday_en,
    known_from
from {{ source('raw', 'reg_calendar') }}
