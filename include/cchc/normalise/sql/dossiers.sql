-- Text to types for dossiers. Keys and agency codes upper case; an absent unit is the delivering unit; an absent channel
-- counts as direct (QD 766 formula document); lists become counts and sums, with the values kept as text for audit. Few
-- rows have a list or a fault at all: functions of lists and shapes are kept from the others, for they cost the most.
with typed as (
    select
        t.rid,
        t.file_no,
        t.row_number,
        t.row_hash,
        upper(t.dossier_code) as dossier_code,
        nullif(regexp_extract(t.procedure_code, '^\d\.\d{6}'), '') as procedure_code,
        nullif(regexp_extract(upper(t.procedure_code), '^\d\.\d{6}\.([A-Z0-9.]{1,40})$', 1), '') as procedure_suffix,
        regexp_full_match(t.procedure_code, '\d\.\d{6}(\..*)?') as procedure_shaped,
        coalesce(upper(t.receiving_unit), f.delivering_unit) as receiving_unit,
        coalesce(upper(t.handling_unit), f.delivering_unit) as handling_unit,
        map_applicant_kind.canonical as applicant_kind,
        case when t.channel is null then 'direct' else map_channel.canonical end as channel,
        parse_timestamp(t.submitted_at) as submitted_at,
        parse_timestamp(t.received_at) as received_at,
        parse_timestamp(t.due_at) as due_at,
        parse_timestamp(t.finished_at) as finished_at,
        parse_timestamp(t.returned_at) as returned_at,
        parse_timestamp(t.refused_at) as refused_at,
        map_status.canonical::smallint as status,
        map_has_digitised_parts.canonical::boolean as has_digitised_parts,
        map_vneid_verified.canonical::boolean as vneid_verified,
        map_online_payment.canonical::smallint as online_payment,
        case
            when len(t.fees) > 0 then list_filter(list_transform(t.fees, lambda x: blank(x)), lambda x: x is not null)
        end as fee_texts,
        case
            when len(t.supplements) > 0
                then list_filter(
                    list_transform(
                        t.supplements, lambda x: {'requested': blank(x.requested), 'answered': blank(x.answered)}
                    ),
                    lambda x: x.requested is not null or x.answered is not null
                )
        end as supplement_texts,
        map_reused_part.canonical::boolean as reused_part,
        map_from_personal_store.canonical::boolean as from_personal_store,
        map_has_electronic_result.canonical::boolean as has_electronic_result,
        parse_timestamp(t.updated_at) as updated_at,
        t.submitted_at as submitted_text,
        t.received_at as received_text,
        t.due_at as due_text,
        t.finished_at as finished_text,
        t.returned_at as returned_text,
        t.refused_at as refused_text,
        t.updated_at as updated_text,
        t.status as status_text,
        t.channel as channel_text,
        t.procedure_code as procedure_text,
        t.applicant_kind is not null and map_applicant_kind.canonical is null as unknown_applicant_kind,
        t.online_payment is not null and map_online_payment.canonical is null as unknown_online_payment,
        f.revision_id,
        f.system,
        f.delivering_unit,
        f.export_date
    from text_rows as t
    inner join batch_files as f on t.file_no = f.file_no
    left join map_applicant_kind on t.applicant_kind = map_applicant_kind.raw
    left join map_channel on t.channel = map_channel.raw
    left join map_status on t.status = map_status.raw
    left join map_has_digitised_parts on t.has_digitised_parts = map_has_digitised_parts.raw
    left join map_vneid_verified on t.vneid_verified = map_vneid_verified.raw
    left join map_online_payment on t.online_payment = map_online_payment.raw
    left join map_reused_part on t.reused_part = map_reused_part.raw
    left join map_from_personal_store on t.from_personal_store = map_from_personal_store.raw
    left join map_has_electronic_result on t.has_electronic_result = map_has_electronic_result.raw
),

listed as (
    select
        *,
        case when len(fee_texts) > 0 then list_transform(fee_texts, lambda x: parse_vnd(x)) end as fee_amounts,
        case
            when len(supplement_texts) > 0
                then list_transform(
                    supplement_texts,
                    lambda x: {'requested': parse_timestamp(x.requested), 'answered': parse_timestamp(x.answered)}
                )
        end as spans
    from typed
)

select
    l.* exclude (fee_texts, supplement_texts, fee_amounts, spans, submitted_text, received_text, due_text, finished_text,
        returned_text, refused_text, updated_text, status_text, channel_text, procedure_text, procedure_shaped),
    case when l.fee_amounts is not null then nullif(array_to_string(l.fee_amounts, '|'), '') end as fees,
    coalesce(len(l.fee_amounts), 0)::integer as fee_count,
    case when l.fee_amounts is not null then list_sum(l.fee_amounts)::bigint end as fee_total_vnd,
    case
        when l.spans is not null
            then nullif(array_to_string(list_transform(
                l.spans,
                lambda x: coalesce(strftime(x.requested, '%Y-%m-%dT%H:%M:%S'), '')
                || '/' || coalesce(strftime(x.answered, '%Y-%m-%dT%H:%M:%S'), '')
            ), '|'), '')
    end as supplements,
    case
        when l.spans is null then 0 else len(list_filter(l.spans, lambda x: x.requested is not null))
    end::integer as supplement_count,
    case
        when l.spans is not null then list_min(list_transform(l.spans, lambda x: x.requested))
    end as first_supplement_requested_at,
    case
        when l.spans is null then 0
        else coalesce(list_sum(list_transform(
            l.spans, lambda x: epoch(x.answered)::bigint - epoch(x.requested)::bigint
        )), 0)
    end::bigint as supplement_wait_seconds,
    nullif(concat_ws(
        ',',
        case when l.submitted_text is not null and l.submitted_at is null then 'submitted_at' end,
        case when l.received_text is not null and l.received_at is null then 'received_at' end,
        case when l.due_text is not null and l.due_at is null then 'due_at' end,
        case when l.finished_text is not null and l.finished_at is null then 'finished_at' end,
        case when l.returned_text is not null and l.returned_at is null then 'returned_at' end,
        case when l.refused_text is not null and l.refused_at is null then 'refused_at' end,
        case when l.updated_text is not null and l.updated_at is null then 'updated_at' end,
        case
            when l.spans is not null and len(list_filter(
                l.supplement_texts,
                lambda x: (x.requested is not null and parse_timestamp(x.requested) is null)
                or (x.answered is not null and parse_timestamp(x.answered) is null)
            )) > 0 then 'supplements'
        end
    ), '') as bad_dates,
    nullif(concat_ws(
        ',',
        case when receiver.agency_code is null then 'receiving_unit' end,
        case when handler.agency_code is null then 'handling_unit' end
    ), '') as unknown_units,
    l.procedure_shaped and catalogue.procedure_code is not null as procedure_known,
    case when l.fee_amounts is not null then list_min(l.fee_amounts) end as least_amount,
    case
        when l.fee_amounts is null then false else len(list_filter(l.fee_amounts, lambda x: x is null)) > 0
    end as bad_amount,
    epoch(l.received_at - l.submitted_at) / 3600 as hours_from_submission_to_reception,
    case
        when bad_dates is null then null
        when l.submitted_text is not null and l.submitted_at is null then shape(l.submitted_text)
        when l.received_text is not null and l.received_at is null then shape(l.received_text)
        when l.due_text is not null and l.due_at is null then shape(l.due_text)
        when l.finished_text is not null and l.finished_at is null then shape(l.finished_text)
        when l.returned_text is not null and l.returned_at is null then shape(l.returned_text)
        when l.refused_text is not null and l.refused_at is null then shape(l.refused_text)
    end as bad_date_shape,
    case when l.status is null then shape(l.status_text) end as status_shape,
    case when l.channel is null then shape(l.channel_text) end as channel_shape,
    case when l.procedure_code is null then shape(l.procedure_text) end as procedure_shape,
    case
        when bad_amount then shape(list_filter(l.fee_texts, lambda x: parse_vnd(x) is null)[1])
    end as amount_shape
from listed as l
left join known_units as receiver on l.receiving_unit = receiver.agency_code and l.export_date = receiver.export_date
left join known_units as handler on l.handling_unit = handler.agency_code and l.export_date = handler.export_date
left join known_procedures as catalogue on l.procedure_code = catalogue.procedure_code
