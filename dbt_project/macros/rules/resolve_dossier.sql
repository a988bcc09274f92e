{#
    Which dossier a payment or feedback names by number. CTEs `candidates` and `resolved` (key, dossier_key, join_status).
    One dossier of that number: that one. Several systems use the number: the one handled by the row's unit, else the
    one received or delivered by it. Not exactly one left: ambiguous, not joined, flagged.
    `rows` is a CTE with the columns key, dossier_code, unit_code.
#}
{% macro resolve_dossier(rows, key) %}
candidates as (

    select
        r.{{ key }},
        v.dossier_key,
        coalesce(v.handling_unit = r.unit_code, false) as is_handled_by_unit,
        coalesce(v.receiving_unit = r.unit_code, false) or coalesce(v.delivering_unit = r.unit_code, false) as is_other_role
    from {{ rows }} as r
    inner join {{ ref('fct_dossier_version') }} as v on r.dossier_code = v.dossier_code
    where v.is_current

),

resolved as (

    select
        {{ key }},
        case
            when count(*) = 1 then min(dossier_key)
            when count(*) filter (where is_handled_by_unit) = 1 then min(dossier_key) filter (where is_handled_by_unit)
            when count(*) filter (where is_handled_by_unit) = 0 and count(*) filter (where is_other_role) = 1
                then min(dossier_key) filter (where is_other_role)
        end as dossier_key,
        true as is_candidate
    from candidates
    group by {{ key }}

)
{% endmacro %}

{% macro join_status(row, resolved) -%}
    case
        when {{ row }}.dossier_code is null then 'no_number'
        when {{ resolved }}.dossier_key is not null then 'joined'
        when {{ resolved }}.is_candidate then 'ambiguous'
        else 'unmatched'
    end
{%- endmacro %}
