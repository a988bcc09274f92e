-- As many versions as rows in force: the incremental build neither forgets nor keeps a row.
with staged as (

    select count(*) as n_rows
    from {{ ref('stg_dossiers') }}

),

modelled as (

    select count(*) as n_rows
    from {{ ref('fct_dossier_version') }}

)

select
    s.n_rows as n_staged,
    m.n_rows as n_modelled
from staged as s
cross join modelled as m
where
    s.n_rows <> m.n_rows
    and {{ nothing_loaded_meanwhile() }}
