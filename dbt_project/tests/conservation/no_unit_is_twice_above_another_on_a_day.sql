-- Spans of the same two units that share a day: what joins the ancestry by day would count twice.
select
    s.ancestor_code,
    s.descendant_code,
    s.holds_from
from (
    select
        ancestor_code,
        descendant_code,
        holds_from,
        lag(holds_to) over (partition by ancestor_code, descendant_code order by holds_from) as last_day_before
    from {{ ref('dim_unit_ancestry') }}
) as s
where s.holds_from <= s.last_day_before
