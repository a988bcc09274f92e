select
    method,
    name_vi,
    name_en,
    source,
    valid_from,
    valid_to,
    is_default,
    late_days,
    objection_days
from {{ source('raw', 'reg_methods') }}
