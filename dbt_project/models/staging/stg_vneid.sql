select
    revision_id,
    row_number,
    system,
    delivering_unit,
    export_date,
    commune_code,
    as_of_date,
    chip_card_holders,
    activated_level1,
    activated_level2
from {{ source('raw', 'vneid') }}
