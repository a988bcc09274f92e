-- Cells of the cube (handling unit, day of receipt) that this build recomputes: where the changed dossiers were
-- counted and where they are counted now. A full build recomputes the cube whole and does not read this.
select
    handling_unit,
    received_date
from {{ ref('int_cells_before') }}

union

select
    d.handling_unit,
    d.received_date
from {{ ref('fct_dossier') }} as d
where
    d.received_date is not null
    and d.dossier_code in (select k.dossier_code from {{ ref('int_pending_dossier_codes') }} as k)
