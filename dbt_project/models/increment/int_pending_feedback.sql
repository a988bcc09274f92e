-- Feedback to recompute: loaded since the last build, or naming a dossier being recomputed.
select business_key as feedback_code
from {{ ref('stg_building') }}
where dataset = 'feedback'

union

select f.feedback_code
from {{ ref('stg_feedback') }} as f
where f.dossier_code in (select k.dossier_code from {{ ref('int_pending_dossier_codes') }} as k)
