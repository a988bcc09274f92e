-- Transactions to recompute: the ones loaded since the last build, and those that name a dossier being recomputed,
-- because which dossier a number means can change with the dossiers.
select business_key as transaction_code
from {{ ref('stg_building') }}
where dataset = 'payments'

union

select p.transaction_code
from {{ ref('stg_payments') }} as p
where p.dossier_code in (select k.dossier_code from {{ ref('int_pending_dossier_codes') }} as k)
