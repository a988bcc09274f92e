-- From a declared figure back to the file that declared it and to the evidence; replaced declarations are not current.
select
    x.unit_code,
    x.period_id,
    x.period_start,
    x.period_end,
    x.criterion,
    x.numerator,
    x.denominator,
    x.declared_by,
    x.declared_date,
    x.evidence_name,
    x.evidence_sha256,
    x.is_current,
    x.system,
    f.path,
    f.revision,
    x.revision_id,
    x.row_number,
    x.export_date,
    f.sha256
from {{ ref('fct_declared_figure') }} as x
left join {{ ref('fct_delivery') }} as f on x.revision_id = f.revision_id
