-- Text to types for objections: the rows of one objection must agree on everything but the dossier.
with $typed,

said as (
    select
        t.*,
        concat_ws('|', upper(t.criterion), t.period_start, t.period_end, t.objection_reason) as what
    from typed as t
)

select
    t.* exclude ($texts, what) replace (upper(t.criterion) as criterion),
    case when owner.agency_code is null then 'unit' end as unknown_units,
    known.criterion is null as is_unknown_criterion,
    min(t.what) over same <> max(t.what) over same as is_contradicted,
    case when t.objection_number is null then shape(t.objection_number_text) end as key_shape,
    case when t.objection_reason is null then shape(t.objection_reason_text) end as status_shape
from said as t
left join known_units as owner on t.unit = owner.agency_code and t.export_date = owner.export_date
left join known_criteria as known on upper(t.criterion) = known.criterion
window same as (partition by t.file_no, t.unit, t.objection_number)
