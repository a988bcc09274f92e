-- noqa: disable=LT02
{{ config(schema='marts', contract={'enforced': true}) }}
-- Every dossier that the office should look at, once a signal: what the facts found, within the limits in force on the
-- day of the later file. A signal without a row of the registry on that day is switched off.
with found as (

    {% for model in ['fct_dossier_reversal', 'fct_vanished_dossier', 'fct_refiled_dossier'] -%}
        {%- set is_refiled = model == 'fct_refiled_dossier' -%}
        select
            signal,
            dossier_key,
            system,
            dossier_code,
            {{ 'new_dossier_code' if is_refiled else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as new_dossier_code,
            handling_unit,
            received_date,
            earlier_at,
            later_at,
            days,
            {{ 'minutes_after' if is_refiled else 'cast(null as integer)' }} as minutes_after,
            {{ 'n_alike_before' if is_refiled else 'cast(null as integer)' }} as n_alike_before,
            earlier_revision_id,
            earlier_row_number,
            later_revision_id,
            later_row_number,
            later_export_date
        from {{ ref(model) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    f.signal,
    f.dossier_key,
    f.system,
    f.dossier_code,
    f.new_dossier_code,
    f.handling_unit,
    f.received_date,
    f.earlier_at,
    f.later_at,
    f.days,
    f.minutes_after,
    f.n_alike_before,
    s.name_vi as signal_vi,
    s.name_en as signal_en,
    s.note_vi,
    s.note_en,
    f.earlier_revision_id,
    f.earlier_row_number,
    f.later_revision_id,
    f.later_row_number,
    f.later_export_date
from found as f
inner join {{ ref('dim_integrity_signal') }} as s
    on
        f.signal = s.signal
        and f.later_export_date between s.valid_from and s.valid_to
where
    case f.signal
        when 'finished_and_reopened' then true
        when 'cancelled_and_refiled'
            then f.days <= s.limit_days and f.minutes_after < s.limit_minutes and f.n_alike_before <= s.limit_cases
        else f.days >= s.limit_days
    end
