select
    edition,
    scheme,
    year,
    revision as edition_revision,
    row_number() over (partition by scheme, year order by revision desc) = 1 as is_latest_revision,
    period_start,
    period_end,
    published_at,
    ranked_units,
    unit_set,
    mean_percent,
    mean_change,
    source,
    note
from {{ source('raw', 'reg_index_editions') }}
