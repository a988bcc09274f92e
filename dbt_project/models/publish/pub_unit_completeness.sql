select
    unit_code,
    period_id,
    deliveries_due,
    deliveries_readable,
    deliveries_percent,
    dossiers_in_exports,
    dossiers_on_portal,
    coverage_percent
from {{ ref('fct_unit_completeness') }}
