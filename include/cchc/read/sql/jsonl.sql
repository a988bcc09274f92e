-- Petitions and ratings (PAKN), JSON lines.
with parsed as (
    select
        file_no,
        row_number,
        row_hash,
        json_transform(record, '{
            "MaPAKN": "VARCHAR", "MaDonVi": "VARCHAR", "MaHoSo": "VARCHAR", "Loai": "VARCHAR",
            "NgayTiepNhan": "VARCHAR", "HanXuLy": "VARCHAR", "NgayTraLoi": "VARCHAR", "HaiLong": "VARCHAR"
        }') as r
    from source_rows
)

select
    file_no,
    row_number,
    row_hash,
    r.MaPAKN as feedback_code,
    r.MaDonVi as unit,
    r.MaHoSo as dossier_code,
    r.Loai as kind,
    r.NgayTiepNhan as received_at,
    r.HanXuLy as due_at,
    r.NgayTraLoi as answered_at,
    r.HaiLong as satisfied
from parsed
