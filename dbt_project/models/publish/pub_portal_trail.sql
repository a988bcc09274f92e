-- From a figure of the national portal back to the answer it was read from.
select
    x.unit_code,
    x.period_id,
    x.criterion,
    x.numerator,
    x.denominator,
    x.published_percent,
    x.published_score,
    x.max_score,
    f.path,
    f.revision,
    x.revision_id,
    x.row_number,
    x.export_date,
    f.sha256
from {{ ref('fct_portal_figure') }} as x
left join {{ ref('fct_delivery') }} as f on x.revision_id = f.revision_id
