-- Text cells of onecsv and workbook: lists stand in one cell (contract, section 3), parted by "|" and " - ".
select
    * replace (
        string_split(fees, '|') as fees,
        case
            when supplements is not null
                then list_transform(
                    string_split(supplements, '|'),
                    lambda x: {
                        'requested': trim(string_split(x || ' ', ' - ')[1]),
                        'answered': trim(string_split(x || ' ', ' - ')[2])
                    }
                )
        end as supplements
    )
from (select file_no, row_number, row_hash, $columns from source_rows)
