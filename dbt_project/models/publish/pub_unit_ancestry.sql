-- Which units a figure of a unit counts, itself included, and when: joins the trails to the unit asked for.
select
    ancestor_code as unit_code,
    descendant_code,
    holds_from,
    holds_to,
    depth
from {{ ref('dim_unit_ancestry') }}
