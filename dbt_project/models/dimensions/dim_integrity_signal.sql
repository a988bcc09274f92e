select
    signal,
    name_vi,
    name_en,
    limit_days,
    limit_minutes,
    limit_cases,
    limit_percent,
    note_vi,
    note_en,
    valid_from,
    coalesce(valid_to, {{ doomsday() }}) as valid_to,
    source
from {{ source('raw', 'reg_integrity_signals') }}
