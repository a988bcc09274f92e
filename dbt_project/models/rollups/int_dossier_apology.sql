-- The day on which the first sent letter of a dossier was signed.
select
    dossier_key,
    cast(min(signed_at) as date) as first_apology_date
from {{ ref('fct_apology') }}
where
    is_sent
    and dossier_key is not null
group by dossier_key
