select
    old_admin_code,
    old_name,
    old_level,
    new_admin_code,
    new_name,
    effective_from,
    source
from {{ source('raw', 'reg_mergers') }}
