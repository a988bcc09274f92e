select
    file_no,
    row_number,
    row_hash,
    commune_code,
    as_of_date,
    chip_card_holders,
    activated_level1,
    activated_level2
from source_rows
