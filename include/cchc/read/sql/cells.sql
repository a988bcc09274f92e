-- Rows of cells that are text columns already.
select
    file_no,
    row_number,
    row_hash,
    fault,
    $columns
from source_rows
