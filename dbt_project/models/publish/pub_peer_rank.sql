select
    unit_code,
    period_id,
    method,
    peer_group,
    peer_value,
    rank,
    ranked_units
from {{ ref('fct_peer_rank') }}
