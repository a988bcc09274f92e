-- Text to types for petitions and ratings.
with $typed

select
    t.* exclude ($texts),
    case when owner.agency_code is null then 'unit' end as unknown_units,
    case when t.feedback_code is null then shape(t.feedback_code_text) end as key_shape,
    case when t.kind is null then shape(t.kind_text) end as status_shape
from typed as t
left join known_units as owner on t.unit = owner.agency_code and t.export_date = owner.export_date
