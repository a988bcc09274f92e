-- noqa: disable=LT02
{{ config(materialized='table', contract={'enforced': true}) }}
-- All indicators, one row per unit, period, indicator and source. Where exports and portal both know an indicator, the
-- exports are used if they counted anything, else the portal; the other row stays for comparison.
{% set codes = [
    'processing_on_time', 'online_dossier', 'payment_online_dossier', 'original_result_available',
    'so_hoa_giay_to_giai_quyet', 'reused_digitized_data', 'synced_with_dvcqg_personal_storage',
    'citizen_data_connected_dossier', 'dossier_receiving_satisfaction', 'petition_processing_on_time',
    'petition_handling_satisfaction', 'vneid_activated', 'payment_transaction_online', 'overdue_with_apology', 'portal'
] %}
with united as (

    {% for code in codes -%}
        select
            unit_code,
            period_id,
            indicator,
            numerator,
            denominator,
            source
        from {{ ref('ind_' ~ code) }}
        {%- if not loop.last %}

        union all

        {% endif -%}
    {% endfor %}

),

positioned as (

    select
        *,
        row_number() over (
            partition by unit_code, period_id, indicator
            order by
                case
                    when source = 'exports' and denominator > 0 then 1
                    when source = 'portal' then 2
                    else 3
                end
        ) as position
    from united

)

select
    unit_code,
    period_id,
    indicator,
    source,
    numerator,
    denominator,
    {{ half_up_ratio('numerator', 'denominator') }} as ratio,
    case
        when denominator is null or numerator is null then 'not_measured'
        when denominator = 0 then 'zero_denominator'
    end as indicator_null_reason,
    position = 1 as is_used
from positioned
