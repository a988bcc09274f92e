-- Where every merged unit's territory went, with the agencies behind the administrative codes on the days around. A code
-- alone says nothing: 44 was Quảng Bình until 30 June 2025 and is Quảng Trị since, and old Quảng Trị was 45.
select
    m.old_admin_code,
    m.old_name,
    m.old_level,
    m.new_admin_code,
    m.new_name,
    m.effective_from,
    m.source,
    o.unit_code as old_unit_code,
    n.unit_code as new_unit_code,
    m.weight,
    m.weight_source
from {{ source('raw', 'reg_mergers') }} as m
left join {{ ref('stg_units') }} as o
    on
        m.old_admin_code = o.admin_code
        and m.old_level = o.level
        and m.effective_from - 1 between o.valid_from and coalesce(o.valid_to, {{ doomsday() }})
left join {{ ref('stg_units') }} as n
    on
        m.new_admin_code = n.admin_code
        and m.effective_from between n.valid_from and coalesce(n.valid_to, {{ doomsday() }})
