-- Text to types for dossiers. An absent unit is the delivering unit; an absent channel counts as direct (QD 766 formula
-- document); lists become counts and sums, with the values kept as text for audit. Few rows have a list or a fault at
-- all: functions of lists and shapes are kept from the others, for they cost the most.
with $typed,

texts as (
    select
        *,
        nullif(regexp_extract(procedure_code_text, '^\d\.\d{6}'), '') as stem,
        nullif(regexp_extract(upper(procedure_code_text), '^\d\.\d{6}\.([A-Z0-9.]{1,40})$$', 1), '') as suffix,
        regexp_full_match(procedure_code_text, '\d\.\d{6}(\..*)?') as procedure_shaped,
        case
            when len(fees_text) > 0 then list_filter(list_transform(fees_text, lambda x: blank(x)), lambda x: x is not null)
        end as fee_texts,
        case
            when len(supplements_text) > 0
                then list_filter(
                    list_transform(
                        supplements_text, lambda x: {'requested': blank(x.requested), 'answered': blank(x.answered)}
                    ),
                    lambda x: x.requested is not null or x.answered is not null
                )
        end as supplement_texts
    from typed
),

listed as (
    select
        *,
        case when len(fee_texts) > 0 then list_transform(fee_texts, lambda x: parse_vnd(x)) end as fee_amounts,
        case
            when len(supplement_texts) > 0
                then list_transform(
                    supplement_texts,
                    lambda x: {
                        'requested': true_moment(parse_timestamp(x.requested)), 'answered': true_moment(parse_timestamp(x.answered))
                    }
                )
        end as spans,
        case
            when len(supplement_texts) > 0
                then len(list_filter(
                    supplement_texts,
                    lambda x: (x.requested is not null and parse_timestamp(x.requested) is null)
                    or (x.answered is not null and parse_timestamp(x.answered) is null)
                )) > 0
            else false
        end as has_bad_span
    from texts
)

select
    l.* exclude ($texts, stem, suffix, procedure_shaped, fee_texts, supplement_texts, fee_amounts, spans, has_bad_span)
    replace (
        l.stem as procedure_code,
        coalesce(upper(l.receiving_unit_text), l.delivering_unit) as receiving_unit,
        coalesce(upper(l.handling_unit_text), l.delivering_unit) as handling_unit,
        case when l.channel_text is null then 'direct' else l.channel end as channel,
        case
            when l.has_bad_span then concat_ws(',', l.bad_dates, 'supplements') else l.bad_dates
        end as bad_dates,
        case
            when l.spans is not null and len(list_filter(
                l.spans, lambda x: x.requested >= l.export_date + 2 or x.answered >= l.export_date + 2
            )) > 0 then concat_ws(',', l.late_events, 'supplements') else l.late_events
        end as late_events
    ),
    l.suffix as procedure_suffix,
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
        case when receiver.agency_code is null then 'receiving_unit' end,
        case when handler.agency_code is null then 'handling_unit' end
    ), '') as unknown_units,
    l.procedure_shaped and catalogue.procedure_code is not null as procedure_known,
    case when l.fee_amounts is not null then list_min(l.fee_amounts) end as least_amount,
    case
        when l.fee_amounts is null then false else len(list_filter(l.fee_amounts, lambda x: x is null)) > 0
    end as bad_amount,
    epoch(l.received_at - l.submitted_at) / 3600 as hours_from_submission_to_reception,
    case when l.dossier_code is null then shape(l.dossier_code_text) end as key_shape,
    case when l.status is null then shape(l.status_text) end as status_shape,
    case when l.channel is null then shape(l.channel_text) end as channel_shape,
    case when l.stem is null then shape(l.procedure_code_text) end as procedure_shape,
    case
        when bad_amount then shape(list_filter(l.fee_texts, lambda x: parse_vnd(x) is null)[1])
    end as amount_shape
from listed as l
left join known_units as receiver
    on coalesce(upper(l.receiving_unit_text), l.delivering_unit) = receiver.agency_code
    and l.export_date = receiver.export_date
left join known_units as handler
    on coalesce(upper(l.handling_unit_text), l.delivering_unit) = handler.agency_code
    and l.export_date = handler.export_date
left join known_procedures as catalogue on l.stem = catalogue.procedure_code
