-- Which rules broke where. Rows of files that a newer revision replaced are counted apart.
select
    system,
    delivering_unit,
    dataset,
    rule,
    count(*) filter (where is_in_force) as rows_in_force,
    count(*) filter (where not is_in_force) as rows_replaced,
    min(export_date) as first_export_date,
    max(export_date) as last_export_date
from {{ ref('fct_quarantine') }}
group by
    system,
    delivering_unit,
    dataset,
    rule
