-- A delivered dossier as it came, but for what the register of known errors says of it (`corrections`).
select
    d.system || ':' || d.dossier_code as dossier_key,
    d.revision_id,
    d.row_number,
    d.system,
    d.delivering_unit,
    d.export_date,
    d.dossier_code,
    d.procedure_code,
    d.procedure_suffix,
    d.receiving_unit,
    {{ corrected('handling_unit') }} as handling_unit,
    d.applicant_kind,
    {{ corrected('channel') }} as channel,
    d.submitted_at,
    d.received_at,
    cast(d.received_at as date) as received_date,
    {{ corrected('due_at') }} as due_at,
    {{ corrected('finished_at') }} as finished_at,
    {{ corrected('returned_at') }} as returned_at,
    {{ corrected('refused_at') }} as refused_at,
    cast({{ corrected('status') }} as integer) as status,
    {{ corrected('has_digitised_parts') }} as has_digitised_parts,
    {{ corrected('vneid_verified') }} as vneid_verified,
    cast({{ corrected('online_payment') }} as integer) as online_payment,
    d.fees,
    d.fee_count,
    d.fee_total_vnd,
    d.supplements,
    d.supplement_count,
    d.first_supplement_requested_at,
    d.supplement_wait_seconds,
    {{ corrected('reused_part') }} as reused_part,
    {{ corrected('from_personal_store') }} as from_personal_store,
    {{ corrected('has_electronic_result') }} as has_electronic_result,
    d.updated_at
from {{ source('raw', 'dossiers') }} as d
left join {{ ref('stg_dossier_corrections') }} as c
    on
        d.revision_id = c.revision_id
        and d.row_number = c.row_number
