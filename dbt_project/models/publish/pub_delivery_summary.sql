select
    e.system,
    e.dataset,
    d.month_key,
    count(*) filter (where e.is_expected) as expected,
    count(*) filter (where e.status = 'on_time') as on_time,
    count(*) filter (where e.status = 'late') as late,
    count(*) filter (where e.status = 'refused') as refused,
    count(*) filter (where e.status = 'missing') as missing,
    cast(sum(e.rows_read) as bigint) as rows_read,
    cast(sum(e.rows_accepted) as bigint) as rows_accepted,
    cast(sum(e.rows_quarantined) as bigint) as rows_quarantined,
    cast(sum(e.rows_duplicate) as bigint) as rows_duplicate
from {{ ref('fct_expected_delivery') }} as e
inner join {{ ref('dim_date') }} as d on e.export_date = d.day
group by
    e.system,
    e.dataset,
    d.month_key
