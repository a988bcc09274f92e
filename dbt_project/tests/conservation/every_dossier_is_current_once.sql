{{ config(tags=['whole_history']) }}
-- fct_dossier holds the current version of every delivered dossier, and nothing else.
with current_versions as (

    select
        dossier_key,
        revision_id,
        row_number
    from {{ ref('fct_dossier_version') }}
    where is_current

)

select coalesce(d.dossier_key, v.dossier_key) as dossier_key
from {{ ref('fct_dossier') }} as d
full outer join current_versions as v
    on
        d.dossier_key = v.dossier_key
        and d.revision_id = v.revision_id
        and d.row_number = v.row_number
where
    d.dossier_key is null
    or v.dossier_key is null
