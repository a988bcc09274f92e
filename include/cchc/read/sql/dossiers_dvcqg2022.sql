-- G2 interchange (DongBoHoSoMC): every scalar is a string. json_transform ignores keys it is not asked for, so no
-- personal field ever becomes a column. An electronic result needs a code and a path that is none of the input papers'
-- (one vendor puts the first input paper into the result list where there is no result).
with parsed as (
    select
        file_no,
        row_number,
        row_hash,
        json_transform(record, '{
            $keys,
            "DanhSachLePhi": [{"Gia": "VARCHAR"}],
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
    $columns,
    null::varchar as receiving_unit,
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
