-- Dossier numbers whose letters are recomputed: loaded since the last build, or naming a dossier being recomputed,
-- because which dossier a number means can change with the dossiers.
select business_key as dossier_code
from {{ ref('stg_building') }}
where dataset = 'apologies'

union

select dossier_code
from {{ ref('int_pending_dossier_codes') }}
