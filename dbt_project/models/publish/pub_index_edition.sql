select
    edition,
    scheme,
    year,
    edition_revision,
    is_latest_revision,
    period_start,
    period_end,
    published_at,
    ranked_units,
    unit_set,
    mean_percent,
    mean_change,
    source,
    note
from {{ ref('dim_index_edition') }}
