-- A share of dossiers or petitions lies between 0 and 1. Transactions per dossier and cumulative counts may exceed it.
select
    unit_code,
    period_id,
    indicator,
    numerator,
    denominator
from {{ ref('fct_unit_indicator') }}
where
    source = 'exports'
    and indicator not in ('PAYMENT_TRANSACTION_ONLINE', 'VNEID_ACTIVATED')
    and (numerator < 0 or numerator > denominator)
