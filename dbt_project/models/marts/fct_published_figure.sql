select
    figure_id,
    source_document,
    unit_code,
    scope,
    period_start,
    period_end,
    measure,
    published_value,
    published_text,
    operator,
    decimals,
    unit_of_measure,
    flag,
    suggested_value,
    note
from {{ ref('stg_published') }}
