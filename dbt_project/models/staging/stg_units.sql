select
    agency_code as unit_code,
    admin_code,
    kind as unit_kind,
    name,
    level,
    parent as parent_code,
    valid_from,
    valid_to,
    is_invented_code,
    source
from {{ source('raw', 'reg_units') }}
