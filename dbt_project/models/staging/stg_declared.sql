select
    revision_id,
    row_number,
    system,
    delivering_unit,
    export_date,
    unit as unit_code,
    criterion,
    period_start,
    period_end,
    cast(numerator as decimal(18, 4)) as numerator,
    cast(denominator as decimal(18, 4)) as denominator,
    declared_by,
    declared_at as declared_date,
    evidence_name,
    evidence_sha256
from {{ source('raw', 'declared') }}
