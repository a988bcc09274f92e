-- As many versions as rows in force: the incremental build neither forgets nor keeps a row.
select
    s.n_rows as n_staged,
    v.n_rows as n_modelled
from (select count(*) as n_rows from {{ ref('stg_dossiers') }}) as s
cross join (select count(*) as n_rows from {{ ref('fct_dossier_version') }}) as v
where s.n_rows <> v.n_rows
