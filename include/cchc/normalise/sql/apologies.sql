-- Text to types for apology letters.
with $typed

select
    t.* exclude ($texts) replace (
        case
            when regexp_full_match(t.letter_number_text, '[1-9](\.0+)?') then left(t.letter_number_text, 1)::smallint
        end as letter_number,
        case
            when regexp_full_match(t.letter_number_text, '[1-9]\.0+') then concat_ws(',', t.noticed, 'decimal_code')
            else t.noticed
        end as noticed
    ),
    case when owner.agency_code is null then 'unit' end as unknown_units,
    coalesce(not regexp_full_match(t.letter_number_text, '[1-9](\.0+)?'), true) as bad_amount,
    case when t.dossier_code is null then shape(t.dossier_code_text) end as key_shape,
    case when t.sent is null then shape(t.sent_text) end as status_shape,
    case when bad_amount then shape(t.letter_number_text) end as amount_shape
from typed as t
left join known_units as owner on t.unit = owner.agency_code and t.export_date = owner.export_date
