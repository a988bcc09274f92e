select
    procedure_code || ':' || cast(valid_from as {{ dbt.type_string() }}) as procedure_key,
    procedure_code,
    name as procedure_name,
    field,
    level,
    fee_vnd,
    max_days,
    day_kind,
    online_level,
    has_paper_result,
    valid_from,
    valid_to,
    valid_to is null as is_current,
    source
from {{ ref('stg_procedures') }}
