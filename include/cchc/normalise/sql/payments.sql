-- Text to types for payment transactions. The dossier and procedure codes may be absent; the rest may not.
with typed as (
    select
        t.rid,
        t.file_no,
        t.row_number,
        t.row_hash,
        upper(t.transaction_code) as transaction_code,
        upper(t.dossier_code) as dossier_code,
        nullif(regexp_extract(t.procedure_code, '^\d\.\d{6}'), '') as procedure_code,
        coalesce(regexp_full_match(t.procedure_code, '\d\.\d{6}(\..*)?'), true) as procedure_shaped,
        t.procedure_code as procedure_text,
        upper(t.unit) as unit,
        parse_vnd(t.amount_vnd) as amount_vnd,
        map_gateway.canonical::smallint as gateway,
        map_outcome.canonical as outcome,
        parse_timestamp(t.paid_at) as paid_at,
        t.amount_vnd as amount_text,
        t.paid_at as paid_text,
        t.outcome as outcome_text,
        t.gateway as gateway_text,
        f.revision_id,
        f.system,
        f.delivering_unit,
        f.export_date
    from text_rows as t
    inner join batch_files as f on t.file_no = f.file_no
    left join map_gateway on t.gateway = map_gateway.raw
    left join map_outcome on t.outcome = map_outcome.raw
)

select
    t.* exclude (procedure_shaped, procedure_text, amount_text, paid_text, outcome_text, gateway_text),
    case when t.paid_at is null then 'paid_at' end as bad_dates,
    case when payee.agency_code is null then 'unit' end as unknown_units,
    t.procedure_text is null or (t.procedure_shaped and catalogue.procedure_code is not null) as procedure_known,
    t.gateway_text is null or t.gateway is not null as gateway_known,
    t.amount_vnd as least_amount,
    t.amount_vnd is null as bad_amount,
    case when t.paid_at is null then shape(t.paid_text) end as bad_date_shape,
    case when t.outcome is null then shape(t.outcome_text) end as status_shape,
    case when t.gateway is null then shape(t.gateway_text) end as channel_shape,
    case when t.procedure_code is null then shape(t.procedure_text) end as procedure_shape,
    case when t.amount_vnd is null then shape(t.amount_text) end as amount_shape
from typed as t
left join known_units as payee on t.unit = payee.agency_code and t.export_date = payee.export_date
left join known_procedures as catalogue on t.procedure_code = catalogue.procedure_code
