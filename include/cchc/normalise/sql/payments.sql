-- Text to types for payment transactions. The dossier and procedure codes may be absent; the rest may not.
with $typed,

texts as (
    select
        *,
        nullif(regexp_extract(procedure_code_text, '^\d\.\d{6}'), '') as stem,
        coalesce(regexp_full_match(procedure_code_text, '\d\.\d{6}(\..*)?'), true) as procedure_shaped
    from typed
)

select
    t.* exclude ($texts, stem, procedure_shaped) replace (t.stem as procedure_code),
    case when payee.agency_code is null then 'unit' end as unknown_units,
    t.procedure_code_text is null or (t.procedure_shaped and catalogue.procedure_code is not null) as procedure_known,
    t.gateway_text is null or t.gateway is not null as gateway_known,
    t.amount_vnd as least_amount,
    t.amount_vnd is null as bad_amount,
    case when t.transaction_code is null then shape(t.transaction_code_text) end as key_shape,
    case when t.outcome is null then shape(t.outcome_text) end as status_shape,
    case when t.gateway is null then shape(t.gateway_text) end as channel_shape,
    case when t.stem is null then shape(t.procedure_code_text) end as procedure_shape,
    case when t.amount_vnd is null then shape(t.amount_vnd_text) end as amount_shape
from texts as t
left join known_units as payee on t.unit = payee.agency_code and t.export_date = payee.export_date
left join known_procedures as catalogue on t.stem = catalogue.procedure_code
