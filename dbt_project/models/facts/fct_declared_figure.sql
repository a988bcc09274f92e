-- What units declare themselves. A later declaration of the same unit, criterion and period replaces the earlier one:
-- the latest day of declaration, then the latest export. Replaced ones stay, and are not current.
with positioned as (

    select
        *,
        row_number() over (
            partition by unit_code, period_start, period_end, criterion
            order by declared_date desc, export_date desc, system desc, delivering_unit desc, row_number desc
        ) as position
    from {{ ref('stg_declared') }}

)

select
    s.unit_code,
    p.period_id,
    s.period_start,
    s.period_end,
    s.criterion,
    s.numerator,
    s.denominator,
    s.declared_by,
    s.declared_date,
    s.evidence_name,
    s.evidence_sha256,
    s.position = 1 as is_current,
    s.system,
    s.revision_id,
    s.row_number,
    s.delivering_unit,
    s.export_date
from positioned as s
left join {{ ref('dim_period') }} as p
    on
        s.period_start = p.period_start
        and s.period_end = p.period_end
