-- G3 interchange, JSON lines: numbers are numbers, keys without a value may be absent. json_transform ignores keys it is
-- not asked for, so ThongTinNguoiNop (personal) never becomes a column.
with parsed as (
    select
        file_no,
        row_number,
        row_hash,
        json_transform(record, '{
            "MaHoSo": "VARCHAR", "MaTTHC": "VARCHAR", "MaDonViTiepNhan": "VARCHAR", "MaDonViXuLy": "VARCHAR",
            "LoaiDoiTuong": "VARCHAR", "KenhThucHien": "VARCHAR", "NgayNop": "VARCHAR", "NgayTiepNhan": "VARCHAR",
            "NgayHenTra": "VARCHAR", "NgayKetThucXuLy": "VARCHAR", "NgayTra": "VARCHAR", "NgayTuChoi": "VARCHAR",
            "TrangThai": "VARCHAR", "TaiKhoanVNeID": "VARCHAR", "CoThanhPhanSoHoa": "VARCHAR",
            "ThanhToanTrucTuyen": "VARCHAR", "PhiLePhi": [{"SoTien": "VARCHAR"}],
            "BoSung": [{"NgayYeuCau": "VARCHAR", "NgayHoanThanh": "VARCHAR"}],
            "ThanhPhanHoSo": [
                {"TaiSuDung": "VARCHAR", "LayTuKho": "VARCHAR", "GiayToDinhKem": [{"IdGiayTo": "VARCHAR"}]}
            ],
            "KetQua": [{"MaKetQua": "VARCHAR", "IdGiayTo": "VARCHAR"}], "CapNhatLuc": "VARCHAR"
        }') as r
    from source_rows
)

select
    file_no,
    row_number,
    row_hash,
    r.MaHoSo as dossier_code,
    r.MaTTHC as procedure_code,
    r.MaDonViTiepNhan as receiving_unit,
    r.MaDonViXuLy as handling_unit,
    r.LoaiDoiTuong as applicant_kind,
    r.KenhThucHien as channel,
    r.NgayNop as submitted_at,
    r.NgayTiepNhan as received_at,
    r.NgayHenTra as due_at,
    r.NgayKetThucXuLy as finished_at,
    r.NgayTra as returned_at,
    r.NgayTuChoi as refused_at,
    r.TrangThai as status,
    r.CoThanhPhanSoHoa as has_digitised_parts,
    r.TaiKhoanVNeID as vneid_verified,
    r.ThanhToanTrucTuyen as online_payment,
    list_transform(r.PhiLePhi, lambda x: x.SoTien) as fees,
    list_transform(r.BoSung, lambda x: {'requested': x.NgayYeuCau, 'answered': x.NgayHoanThanh}) as supplements,
    (len(list_filter(r.ThanhPhanHoSo, lambda x: x.TaiSuDung in ('true', '1'))) > 0)::varchar as reused_part,
    (len(list_filter(r.ThanhPhanHoSo, lambda x: x.LayTuKho in ('true', '1'))) > 0)::varchar as from_personal_store,
    (
        len(list_filter(
            r.KetQua,
            lambda x: blank(x.MaKetQua) is not null
            and blank(x.IdGiayTo) is not null
            and not coalesce(
                list_contains(
                    flatten(list_transform(
                        r.ThanhPhanHoSo, lambda p: list_transform(p.GiayToDinhKem, lambda g: g.IdGiayTo)
                    )),
                    x.IdGiayTo
                ),
                false
            )
        )) > 0
    )::varchar as has_electronic_result,
    r.CapNhatLuc as updated_at
from parsed
