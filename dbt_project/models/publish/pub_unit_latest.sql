-- The units by code alone, each as it was last: the dimension that every relation with a unit refers to.
select
    unit_code,
    unit_name,
    level,
    unit_kind,
    admin_code,
    parent_code,
    valid_from,
    valid_to,
    is_current
from {{ ref('dim_unit') }}
where is_latest
