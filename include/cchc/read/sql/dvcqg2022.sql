-- G2 interchange (DongBoHoSoMC): every scalar is a string. json_transform ignores keys it is not asked for, so no
-- personal field ever becomes a column. An electronic result needs a code and a path that is none of the input papers'
-- (one vendor puts the first input paper into the result list where there is no result).
with parsed as (
    select
        file_no,
        row_number,
        row_hash,
        json_transform(record, '{
            "MaHoSo": "VARCHAR", "MaTTHC": "VARCHAR", "DonViXuLy": "VARCHAR", "LoaiDoiTuong": "VARCHAR",
            "KenhThucHien": "VARCHAR", "NgayNopHoSo": "VARCHAR", "NgayTiepNhan": "VARCHAR", "NgayHenTra": "VARCHAR",
            "NgayKetThucXuLy": "VARCHAR", "NgayTra": "VARCHAR", "NgayTuChoi": "VARCHAR", "TrangThaiHoSo": "VARCHAR",
            "HoSoCoThanhPhanSoHoa": "VARCHAR", "TaiKhoanDuocXacThucVoiVNeID": "VARCHAR",
            "DuocThanhToanTrucTuyen": "VARCHAR", "DanhSachLePhi": [{"Gia": "VARCHAR"}],
            "DanhSachHoSoBoSung": [{"NgayBoSung": "VARCHAR", "NgayTiepNhanBoSung": "VARCHAR"}],
            "TaiLieuNop": [{"DuongDanTaiTepTin": "VARCHAR", "DuocTaiSuDung": "VARCHAR", "DuocLayTuKhoDMQG": "VARCHAR"}],
            "DanhSachGiayToKetQua": [{"MaGiayToKetQua": "VARCHAR", "DuongDanTepTinKetQua": "VARCHAR"}]
        }') as r
    from source_rows
)

select
    file_no,
    row_number,
    row_hash,
    r.MaHoSo as dossier_code,
    r.MaTTHC as procedure_code,
    null::varchar as receiving_unit,
    r.DonViXuLy as handling_unit,
    r.LoaiDoiTuong as applicant_kind,
    r.KenhThucHien as channel,
    r.NgayNopHoSo as submitted_at,
    r.NgayTiepNhan as received_at,
    r.NgayHenTra as due_at,
    r.NgayKetThucXuLy as finished_at,
    r.NgayTra as returned_at,
    r.NgayTuChoi as refused_at,
    r.TrangThaiHoSo as status,
    r.HoSoCoThanhPhanSoHoa as has_digitised_parts,
    r.TaiKhoanDuocXacThucVoiVNeID as vneid_verified,
    r.DuocThanhToanTrucTuyen as online_payment,
    list_transform(r.DanhSachLePhi, lambda x: x.Gia) as fees,
    list_transform(
        r.DanhSachHoSoBoSung, lambda x: {'requested': x.NgayBoSung, 'answered': x.NgayTiepNhanBoSung}
    ) as supplements,
    (len(list_filter(r.TaiLieuNop, lambda x: x.DuocTaiSuDung = '1')) > 0)::varchar as reused_part,
    (len(list_filter(r.TaiLieuNop, lambda x: x.DuocLayTuKhoDMQG = '1')) > 0)::varchar as from_personal_store,
    (
        len(list_filter(
            r.DanhSachGiayToKetQua,
            lambda x: blank(x.MaGiayToKetQua) is not null
            and blank(x.DuongDanTepTinKetQua) is not null
            and not coalesce(
                list_contains(
                    list_transform(r.TaiLieuNop, lambda p: trim(p.DuongDanTaiTepTin)), trim(x.DuongDanTepTinKetQua)
                ),
                false
            )
        )) > 0
    )::varchar as has_electronic_result,
    null::varchar as updated_at
from parsed
