-- From a figure back to the file: the dossiers behind a unit and day of receipt, each with the row that speaks for it.
-- Filter by handling_unit (or ancestor) and received_date; overdue at as_of <=> overdue_from_date <= as_of.
with last_day as (

    select max(as_of_date) as as_of_date
    from {{ ref('dim_period') }}

),

-- what stands in the place of delivered values in the row that speaks for a dossier
corrected as (

    select
        system,
        dossier_code,
        {{ listed('said', '; ', 'column_name') }} as corrections
    from (
        select
            system,
            dossier_code,
            column_name,
            column_name || ': ' || coalesce(expected_old, 'null') || ' -> ' || coalesce(new_value, 'null')
            || ' (correction ' || cast(correction_number as {{ dbt.type_string() }}) || ')' as said
        from {{ ref('fct_correction') }}
        where effect = 'applied'
    ) as applied
    group by
        system,
        dossier_code

)

select
    d.dossier_key,
    d.system,
    d.dossier_code,
    d.procedure_code,
    d.handling_unit,
    d.receiving_unit,
    d.channel,
    d.status,
    d.received_at,
    d.received_date,
    d.due_at,
    d.ended_at,
    d.end_basis,
    d.ended_at_net,
    d.overdue_from_date,
    case
        when d.timeliness <> 'running' then d.timeliness
        when d.overdue_from_date <= l.as_of_date then 'running_overdue'
        else 'running_in_time'
    end as timeliness,
    d.is_without_due_at,
    d.is_ended_without_date,
    d.is_obligated,
    d.is_paid_online,
    d.n_succeeded_transactions,
    d.has_electronic_result,
    d.has_digitised_parts,
    d.has_reused_part,
    d.is_from_personal_store,
    d.is_vneid_verified,
    d.is_dissatisfied,
    f.path,
    f.revision,
    d.revision_id,
    d.row_number,
    d.export_date,
    f.sha256,
    a.first_apology_date,
    d.is_fee_bearing,
    c.corrections,
    d.submitted_at,
    d.online_payment,
    d.procedure_field,
    d.procedure_level,
    d.online_level,
    d.has_only_electronic_result,
    d.waiting_since_date,
    d.open_overdue_from_date
from {{ ref('fct_dossier') }} as d
cross join last_day as l
left join {{ ref('int_dossier_apology') }} as a on d.dossier_key = a.dossier_key
left join {{ ref('fct_delivery') }} as f on d.revision_id = f.revision_id
left join corrected as c
    on
        d.system = c.system
        and d.dossier_code = c.dossier_code
