-- Text cells of onecsv and workbook: lists stand in one cell (contract, section 3), parted by "|" and " - ". What has
-- more parts than two stays together as a text that nobody can read.
select
    * replace (
        string_split(fees, '|') as fees,
        case
            when supplements is not null
                then list_transform(
                    string_split(supplements, '|'),
                    lambda x: {
                        'requested': trim(string_split(x || ' ', ' - ')[1]),
                        'answered': trim(array_to_string(string_split(x || ' ', ' - ')[2:], ' - '))
                    }
                )
        end as supplements
    )
from (select file_no, row_number, row_hash, fault, $columns from source_rows)
