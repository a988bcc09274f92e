-- G3 interchange, JSON lines: numbers are numbers, keys without a value may be absent. json_transform ignores keys it is
-- not asked for, so ThongTinNguoiNop (personal) never becomes a column.
with parsed as (
    select
        file_no,
        row_number,
        row_hash,
        json_transform(record, '{
            $keys,
            "PhiLePhi": [{"SoTien": "VARCHAR"}],
            "BoSung": [{"NgayYeuCau": "VARCHAR", "NgayHoanThanh": "VARCHAR"}],
            "ThanhPhanHoSo": [
                {"TaiSuDung": "VARCHAR", "LayTuKho": "VARCHAR", "GiayToDinhKem": [{"IdGiayTo": "VARCHAR"}]}
            ],
            "KetQua": [{"MaKetQua": "VARCHAR", "IdGiayTo": "VARCHAR"}]
        }') as r
    from source_rows
)

select
    file_no,
    row_number,
    row_hash,
    $columns,
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
    )::varchar as has_electronic_result
from parsed
