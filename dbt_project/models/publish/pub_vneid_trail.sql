-- From a VNeID figure back to the file: a period counts each commune's last row of the period; a parent leaves out
-- communes that ended before the as_of date (unit_valid_to < as_of).
with ends as (

    select
        unit_code,
        max(coalesce(valid_to, {{ doomsday() }})) as unit_valid_to
    from {{ ref('dim_unit') }}
    group by unit_code

)

select
    x.commune_code,
    x.unit_code,
    e.unit_valid_to,
    x.as_of_date,
    x.chip_card_holders,
    x.activated_level1,
    x.activated_level2,
    x.activated,
    x.system,
    f.path,
    f.revision,
    x.revision_id,
    x.row_number,
    x.export_date,
    f.sha256
from {{ ref('fct_vneid_activation') }} as x
left join {{ ref('fct_delivery') }} as f on x.revision_id = f.revision_id
left join ends as e on x.unit_code = e.unit_code
