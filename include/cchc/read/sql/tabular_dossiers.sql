-- Text cells of onecsv and workbook: lists stand in one cell (contract, section 3), parted by "|" and " - ".
select
    file_no,
    row_number,
    row_hash,
    dossier_code,
    procedure_code,
    receiving_unit,
    handling_unit,
    applicant_kind,
    channel,
    submitted_at,
    received_at,
    due_at,
    finished_at,
    returned_at,
    refused_at,
    status,
    has_digitised_parts,
    vneid_verified,
    online_payment,
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
    end as supplements,
    reused_part,
    from_personal_store,
    has_electronic_result,
    updated_at
from source_rows
