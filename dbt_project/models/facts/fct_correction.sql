-- Known errors of sources, and whether the newest row of the dossier still has them.
with seen as (

    select
        v.correction_number,
        count(case when v.is_applied then 1 end) as rows_applied,
        max(case when d.is_current then v.delivered_value end) as delivered_value,
        coalesce(bool_or(d.is_current and v.is_applied), false) as is_applied_now
    from {{ ref('stg_corrected_values') }} as v
    inner join {{ ref('fct_dossier_version') }} as d
        on
            v.revision_id = d.revision_id
            and v.row_number = d.row_number
    group by v.correction_number

),

current_dossiers as (

    select
        system,
        dossier_code,
        handling_unit
    from {{ ref('fct_dossier_version') }}
    where is_current

)

select
    c.correction_number,
    c.dataset,
    c.system,
    c.dossier_code,
    d.handling_unit,
    c.column_name,
    c.expected_old,
    c.new_value,
    s.delivered_value,
    case
        when s.correction_number is null then 'not_delivered'
        when s.is_applied_now then 'applied'
        when coalesce(s.delivered_value = c.new_value, s.delivered_value is null and c.new_value is null) then 'source_agrees'
        when coalesce(s.delivered_value = c.expected_old, s.delivered_value is null and c.expected_old is null)
            then 'out_of_validity'
        else 'source_differs'
    end as effect,
    cast(coalesce(s.rows_applied, 0) as integer) as rows_applied,
    c.correction_reason,
    c.correction_status,
    c.objection_key,
    c.decided_by,
    c.decided_on
from {{ ref('stg_corrections') }} as c
left join seen as s on c.correction_number = s.correction_number
left join current_dossiers as d
    on
        c.system = d.system
        and c.dossier_code = d.dossier_code
