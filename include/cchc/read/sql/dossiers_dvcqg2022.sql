-- G2 interchange (DongBoHoSoMC): every scalar is a string. json_transform ignores keys it is not asked for, so no
-- personal field ever becomes a column. An electronic result needs a code and a path that is none of the input papers'
-- (one vendor puts the first input paper into the result list where there is no result). A list that is no list of
-- objects stays as a text that nobody can read.
with parsed as (
    select
        file_no,
        row_number,
        row_hash,
        fault,
        json_transform(record, '{
            $keys,
            "DanhSachLePhi": "JSON",
            "DanhSachHoSoBoSung": "JSON",
            "TaiLieuNop": "JSON",
            "DanhSachGiayToKetQua": "JSON"
        }') as r
    from source_rows
),

listed as (
    select
        *,
        no_list(r.DanhSachLePhi) as odd_fees,
        no_list(r.DanhSachHoSoBoSung) as odd_supplements,
        no_list(r.TaiLieuNop) as odd_parts,
        no_list(r.DanhSachGiayToKetQua) as odd_results,
        case when has_items(r.DanhSachLePhi) then json_transform(r.DanhSachLePhi, '[{"Gia": "VARCHAR"}]') end as fees,
        case
            when has_items(r.DanhSachHoSoBoSung)
                then json_transform(
                    r.DanhSachHoSoBoSung, '[{"NgayBoSung": "VARCHAR", "NgayTiepNhanBoSung": "VARCHAR"}]'
                )
        end as supplements,
        case
            when has_items(r.TaiLieuNop)
                then json_transform(
                    r.TaiLieuNop,
                    '[{"DuongDanTaiTepTin": "VARCHAR", "DuocTaiSuDung": "VARCHAR", "DuocLayTuKhoDMQG": "VARCHAR"}]'
                )
            when is_list(r.TaiLieuNop) then []
        end as parts,
        case
            when has_items(r.DanhSachGiayToKetQua)
                then json_transform(
                    r.DanhSachGiayToKetQua, '[{"MaGiayToKetQua": "VARCHAR", "DuongDanTepTinKetQua": "VARCHAR"}]'
                )
            when is_list(r.DanhSachGiayToKetQua) then []
        end as results
    from parsed
),

flagged as (
    select
        *,
        array_to_string(list_transform(parts, lambda x: x.DuocTaiSuDung), '|') as reused_texts,
        array_to_string(list_transform(parts, lambda x: x.DuocLayTuKhoDMQG), '|') as store_texts
    from listed
)

select
    file_no,
    row_number,
    row_hash,
    fault,
    $columns,
    null::varchar as receiving_unit,
    case when odd_fees is not null then [odd_fees] else list_transform(fees, lambda x: x.Gia) end as fees,
    case
        when odd_supplements is not null then [{'requested': odd_supplements, 'answered': null::varchar}]
        else list_transform(supplements, lambda x: {'requested': x.NgayBoSung, 'answered': x.NgayTiepNhanBoSung})
    end as supplements,
    coalesce(odd_parts, any_flag(reused_texts)) as reused_part,
    coalesce(odd_parts, any_flag(store_texts)) as from_personal_store,
    coalesce(odd_results, case when len(results) > 0 then odd_parts end, (
        len(list_filter(
            results,
            lambda x: blank(x.MaGiayToKetQua) is not null
            and blank(x.DuongDanTepTinKetQua) is not null
            and not coalesce(
                list_contains(
                    list_transform(parts, lambda p: trim(p.DuongDanTaiTepTin)), trim(x.DuongDanTepTinKetQua)
                ),
                false
            )
        )) > 0
    )::varchar) as has_electronic_result,
    null::varchar as updated_at
from flagged
