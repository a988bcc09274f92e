-- Records whose values all stand at the top: one column a key. json_transform ignores keys it is not asked for.
with parsed as (
    select
        file_no,
        row_number,
        row_hash,
        fault,
        json_transform(record, '{$keys}') as r
    from source_rows
)

select
    file_no,
    row_number,
    row_hash,
    fault,
    $columns
from parsed
