-- One row per version of a unit. The registry's key is (code, valid from): codes are reused, names and kinds change.
select
    unit_code || ':' || cast(valid_from as {{ dbt.type_string() }}) as unit_key,
    unit_code,
    admin_code,
    unit_kind,
    name as unit_name,
    level,
    parent_code,
    valid_from,
    valid_to,
    lead(valid_from) over (partition by unit_code order by valid_from) is null as is_latest,
    valid_to is null as is_current,
    is_invented_code,
    source
from {{ ref('stg_units') }}
