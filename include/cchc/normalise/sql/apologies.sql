-- Text to types for apology letters.
with typed as (
    select
        t.rid,
        t.file_no,
        t.row_number,
        t.row_hash,
        upper(t.unit) as unit,
        upper(t.dossier_code) as dossier_code,
        case when regexp_full_match(t.letter_number, '[1-9]') then t.letter_number::smallint end as letter_number,
        parse_timestamp(t.signed_at) as signed_at,
        parse_timestamp(t.new_due_at) as new_due_at,
        map_sent.canonical::boolean as sent,
        t.letter_number as number_text,
        t.signed_at as signed_text,
        t.new_due_at as new_due_text,
        t.sent as sent_text,
        f.revision_id,
        f.system,
        f.delivering_unit,
        f.export_date
    from text_rows as t
    inner join batch_files as f on t.file_no = f.file_no
    left join map_sent on t.sent = map_sent.raw
)

select
    t.* exclude (number_text, signed_text, new_due_text, sent_text),
    nullif(concat_ws(
        ',',
        case when t.signed_at is null then 'signed_at' end,
        case when t.new_due_text is not null and t.new_due_at is null then 'new_due_at' end
    ), '') as bad_dates,
    case when owner.agency_code is null then 'unit' end as unknown_units,
    t.letter_number is null as bad_amount,
    coalesce(
        case when t.signed_at is null then shape(t.signed_text) end,
        case when t.new_due_at is null then shape(t.new_due_text) end
    ) as bad_date_shape,
    case when t.sent is null then shape(t.sent_text) end as status_shape,
    case when t.letter_number is null then shape(t.number_text) end as amount_shape
from typed as t
left join known_units as owner on t.unit = owner.agency_code and t.export_date = owner.export_date
