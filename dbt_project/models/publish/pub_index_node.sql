select
    scheme,
    node,
    parent,
    position,
    node_kind,
    name_vi,
    name_en,
    max_score,
    max_basis,
    valid_from,
    valid_to,
    source,
    is_verified,
    note
from {{ ref('dim_index_node') }}
