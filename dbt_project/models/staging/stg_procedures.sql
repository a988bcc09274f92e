select
    procedure_code,
    name,
    field,
    level,
    fee_vnd,
    max_days,
    day_kind,
    online_level,
    paper_result as has_paper_result,
    valid_from,
    valid_to,
    source
from {{ source('raw', 'reg_procedures') }}
