-- Which units a figure of a unit counts, itself included, and on which days of receipt.
select
    ancestor_code,
    descendant_code,
    holds_from,
    holds_to,
    cast(depth as integer) as depth
from {{ ref('int_unit_ancestry') }}
