select
    dataset,
    business_key
from {{ source('raw', 'building') }}
