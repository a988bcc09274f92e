select
    scheme,
    node,
    parent,
    position,
    kind as node_kind,
    name_vi,
    name_en,
    max_score,
    max_basis,
    valid_from,
    valid_to,
    source,
    verified as is_verified,
    note
from {{ source('raw', 'reg_index_nodes') }}
