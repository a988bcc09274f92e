-- The units with their names, levels and parents, one row a version: the figures of a period carry the version in force.
select
    unit_key,
    unit_code,
    admin_code,
    unit_kind,
    unit_name,
    level,
    parent_code,
    valid_from,
    valid_to,
    is_latest,
    is_current
from {{ ref('dim_unit') }}
