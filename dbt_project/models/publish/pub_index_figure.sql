select
    scheme,
    node,
    indicator,
    valid_from,
    valid_to,
    source,
    is_verified
from {{ ref('dim_index_figure') }}
