-- Records whose values all stand at the top: one column a key. json_transform ignores keys it is not asked for.
with parsed as (
    select
        file_no,
        row_number,
        row_hash,
        fault,
        says_twice(record) as says_twice,
        json_transform(record, '{$keys}') as r
    from source_rows
)

select
    file_no,
    row_number,
    row_hash,
    case when says_twice then 'contradiction' else fault end as fault,
    $columns
from parsed
