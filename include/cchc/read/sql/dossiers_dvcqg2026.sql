-- G3 interchange, JSON lines: numbers are numbers, keys without a value may be absent. json_transform ignores keys it is
-- not asked for, so ThongTinNguoiNop (personal) never becomes a column. A list that is no list of objects stays as a
-- text that nobody can read.
with parsed as (
    select
        file_no,
        row_number,
        row_hash,
        fault,
        json_transform(record, '{
            $keys,
            "PhiLePhi": "JSON",
            "BoSung": "JSON",
            "ThanhPhanHoSo": "JSON",
            "KetQua": "JSON"
        }') as r
    from source_rows
),

listed as (
    select
        *,
        no_list(r.PhiLePhi) as odd_fees,
        no_list(r.BoSung) as odd_supplements,
        no_list(r.KetQua) as odd_results,
        coalesce(no_list(r.ThanhPhanHoSo), no_inner_list(r.ThanhPhanHoSo, '$$[*].GiayToDinhKem')) as odd_parts,
        case when has_items(r.PhiLePhi) then json_transform(r.PhiLePhi, '[{"SoTien": "VARCHAR"}]') end as fees,
        case
            when has_items(r.BoSung)
                then json_transform(r.BoSung, '[{"NgayYeuCau": "VARCHAR", "NgayHoanThanh": "VARCHAR"}]')
        end as supplements,
        case
            when has_items(r.ThanhPhanHoSo)
                then json_transform(
                    r.ThanhPhanHoSo,
                    '[{"TaiSuDung": "VARCHAR", "LayTuKho": "VARCHAR", "GiayToDinhKem": [{"IdGiayTo": "VARCHAR"}]}]'
                )
            when is_list(r.ThanhPhanHoSo) then []
        end as parts,
        case
            when has_items(r.KetQua) then json_transform(r.KetQua, '[{"MaKetQua": "VARCHAR", "IdGiayTo": "VARCHAR"}]')
            when is_list(r.KetQua) then []
        end as results
    from parsed
),

flagged as (
    select
        *,
        array_to_string(list_transform(parts, lambda x: x.TaiSuDung), '|') as reused_texts,
        array_to_string(list_transform(parts, lambda x: x.LayTuKho), '|') as store_texts
    from listed
)

select
    file_no,
    row_number,
    row_hash,
    fault,
    $columns,
    case when odd_fees is not null then [odd_fees] else list_transform(fees, lambda x: x.SoTien) end as fees,
    case
        when odd_supplements is not null then [{'requested': odd_supplements, 'answered': null::varchar}]
        else list_transform(supplements, lambda x: {'requested': x.NgayYeuCau, 'answered': x.NgayHoanThanh})
    end as supplements,
    coalesce(odd_parts, any_flag(reused_texts)) as reused_part,
    coalesce(odd_parts, any_flag(store_texts)) as from_personal_store,
    coalesce(odd_results, case when len(results) > 0 then odd_parts end, (
        len(list_filter(
            results,
            lambda x: blank(x.MaKetQua) is not null
            and blank(x.IdGiayTo) is not null
            and not coalesce(
                list_contains(
                    flatten(list_transform(parts, lambda p: list_transform(p.GiayToDinhKem, lambda g: g.IdGiayTo))),
                    x.IdGiayTo
                ),
                false
            )
        )) > 0
    )::varchar) as has_electronic_result
from flagged
