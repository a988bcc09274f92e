-- Text to types for petitions and ratings.
with typed as (
    select
        t.rid,
        t.file_no,
        t.row_number,
        t.row_hash,
        upper(t.feedback_code) as feedback_code,
        upper(t.unit) as unit,
        upper(t.dossier_code) as dossier_code,
        map_kind.canonical as kind,
        parse_timestamp(t.received_at) as received_at,
        parse_timestamp(t.due_at) as due_at,
        parse_timestamp(t.answered_at) as answered_at,
        map_satisfied.canonical::boolean as satisfied,
        t.received_at as received_text,
        t.due_at as due_text,
        t.answered_at as answered_text,
        t.kind as kind_text,
        f.revision_id,
        f.system,
        f.delivering_unit,
        f.export_date
    from text_rows as t
    inner join batch_files as f on t.file_no = f.file_no
    left join map_kind on t.kind = map_kind.raw
    left join map_satisfied on t.satisfied = map_satisfied.raw
)

select
    t.* exclude (received_text, due_text, answered_text, kind_text),
    nullif(concat_ws(
        ',',
        case when t.received_text is not null and t.received_at is null then 'received_at' end,
        case when t.due_text is not null and t.due_at is null then 'due_at' end,
        case when t.answered_text is not null and t.answered_at is null then 'answered_at' end
    ), '') as bad_dates,
    case when owner.agency_code is null then 'unit' end as unknown_units,
    coalesce(
        case when t.received_at is null then shape(t.received_text) end,
        case when t.due_at is null then shape(t.due_text) end,
        case when t.answered_at is null then shape(t.answered_text) end
    ) as bad_date_shape,
    case when t.kind is null then shape(t.kind_text) end as status_shape
from typed as t
left join known_units as owner on t.unit = owner.agency_code and t.export_date = owner.export_date
