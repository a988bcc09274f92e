-- A dossier whose unit had no place in the tree on its day of receipt would be missing from every total.
select distinct
    c.unit_code,
    c.received_date
from {{ ref('fct_dossier_daily') }} as c
left join {{ ref('dim_unit_ancestry') }} as a
    on
        c.unit_code = a.descendant_code
        and c.received_date between a.holds_from and a.holds_to
        and a.depth = 0
where a.descendant_code is null
