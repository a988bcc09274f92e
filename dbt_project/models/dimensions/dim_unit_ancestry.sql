-- Closure of the unit tree over time. Eight steps are more than any administration has; a cycle ends there.
with {{ recursive() }}
{% call(before) repeated('closure', steps=8) %}
{% if not before %}

    select distinct
        unit_code as descendant_code,
        unit_code as ancestor_code,
        cast('0001-01-01' as date) as holds_from,
        {{ doomsday() }} as holds_to,
        0 as depth
    from {{ ref('dim_unit_parent') }}
{% else %}
    select
        c.descendant_code,
        t.parent_code as ancestor_code,
        greatest(c.holds_from, t.holds_from) as holds_from,
        least(c.holds_to, t.holds_to) as holds_to,
        c.depth + 1 as depth
    from {{ before }} as c
    inner join {{ ref('dim_unit_parent') }} as t
        on
            c.ancestor_code = t.unit_code
            and c.holds_from <= t.holds_to
            and c.holds_to >= t.holds_from
    where
        t.parent_code is not null
        and c.depth < 8
{% endif %}
{% endcall %}

select
    descendant_code,
    ancestor_code,
    holds_from,
    holds_to,
    depth
from closure
