-- The indicators of the exports: numerator and denominator of every unit and period, zeros included. Each is two columns
-- of int_unit_period_measures.
{% set indicators = {
    'PROCESSING_ON_TIME': ('on_time', 'judged'),
    'ONLINE_DOSSIER': ('online', 'received'),
    'PAYMENT_ONLINE_DOSSIER': ('obligated_paid_online', 'obligated'),
    'ORIGINAL_RESULT_AVAILABLE': ('electronic_result', 'received'),
    'SO_HOA_GIAY_TO_GIAI_QUYET': ('digitised', 'received'),
    'REUSED_DIGITIZED_DATA': ('reused', 'received'),
    'SYNCED_WITH_DVCQG_PERSONAL_STORAGE': ('personal_store', 'received'),
    'CITIZEN_DATA_CONNECTED_DOSSIER': ('vneid_verified', 'received'),
    'DOSSIER_RECEIVING_SATISFACTION': ('satisfied', 'received'),
    'PETITION_PROCESSING_ON_TIME': ('petitions_on_time', 'petitions'),
    'PETITION_HANDLING_SATISFACTION': ('petitions_satisfied', 'petitions'),
    'VNEID_ACTIVATED': ('vneid_activated', 'chip_card_holders'),
    'PAYMENT_TRANSACTION_ONLINE': ('obligated_transactions', 'obligated'),
    'OVERDUE_WITH_APOLOGY': ('overdue_with_apology', 'overdue'),
    'ONLINE_SERVICE_PROVIDED': ('offered_procedures', 'authority_procedures'),
    'ONLINE_SERVICE_USED': ('used_procedures', 'offered_procedures'),
    'PAYMENT_TRANSACTED_PROCEDURE': ('fee_procedures_paid_online', 'fee_procedures'),
} %}
{% for indicator, (numerator, denominator) in indicators.items() -%}
select
    unit_code,
    period_id,
    '{{ indicator }}' as indicator,
    cast({{ numerator }} as decimal(18, 4)) as numerator,
    cast({{ denominator }} as decimal(18, 4)) as denominator,
    'exports' as source
from {{ ref('int_unit_period_measures') }}
{% if not loop.last %}

union all

{% endif -%}
{% endfor %}
