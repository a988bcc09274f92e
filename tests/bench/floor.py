"""The floor of a bench: how fast one query a dialect reads, casts, keeps the latest row a dossier and counts.

A message holds a whole file as one object: ``read_text`` and ``from_json`` take it apart about fifteen times as fast
as ``read_json``. No checks, no lineage, no warehouse: a pipeline can't be much faster, and should not be much slower.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.scale import CSV_SYSTEM, JSON_SYSTEM, VENDOR, heading_of

COUNTS = """
select
    unit,
    count(*) as received,
    count(*) filter (where coalesce(finished_at, returned_at, as_of) <= due_at) as on_time,
    count(*) filter (where online) as online,
    count(*) filter (where digitised) as digitised,
    count(*) filter (where vneid) as vneid,
    count(*) filter (where paid in ('1', '2')) as paid_online,
    count(*) filter (where electronic) as electronic
from (
    select *, make_timestamp(2026, 9, 30, 23, 59, 59) as as_of
    from read_rows
    qualify row_number() over (partition by code order by export_date desc) = 1
)
where received_at is not null
group by unit
order by unit
"""

CSV_ROWS = """
with read_rows as (
    select
        upper(trim("{dossier_code}")) as code,
        coalesce("{handling_unit}", split_part(filename, '/', -3)) as unit,
        split_part(filename, '/', -2) as export_date,
        strptime("{received_at}", '%d/%m/%Y %H:%M') as received_at,
        strptime("{due_at}", '%d/%m/%Y %H:%M') as due_at,
        strptime("{finished_at}", '%d/%m/%Y %H:%M') as finished_at,
        strptime("{returned_at}", '%d/%m/%Y %H:%M') as returned_at,
        "{channel}" = 'Trực tuyến' as online,
        "{has_digitised_parts}" = 'Có' as digitised,
        "{vneid_verified}" = 'Có' as vneid,
        case "{online_payment}" when 'Cổng DVCQG' then '1' when 'Cổng thanh toán địa phương' then '2' end as paid,
        "{has_electronic_result}" = 'Có' as electronic
    from read_csv(?, all_varchar = true, header = true, delim = ',', quote = '"', filename = true)
)
"""

JSON_ROWS = """
with messages as (
    select filename, unnest(from_json(json_extract(content, '$.data'), '{structure}')) as d
    from read_text(?)
),
read_rows as (
    select
        upper(trim(d.MaHoSo)) as code,
        coalesce(nullif(d.DonViXuLy, ''), split_part(filename, '/', -3)) as unit,
        split_part(filename, '/', -2) as export_date,
        strptime(nullif(d.NgayTiepNhan, ''), '%Y%m%d%H%M%S') as received_at,
        strptime(nullif(d.NgayHenTra, ''), '%Y%m%d%H%M%S') as due_at,
        strptime(nullif(d.NgayKetThucXuLy, ''), '%Y%m%d%H%M%S') as finished_at,
        strptime(nullif(d.NgayTra, ''), '%Y%m%d%H%M%S') as returned_at,
        d.KenhThucHien = '2' as online,
        d.HoSoCoThanhPhanSoHoa = '1' as digitised,
        d.TaiKhoanDuocXacThucVoiVNeID = '1' as vneid,
        d.DuocThanhToanTrucTuyen as paid,
        len(list_filter(d.DanhSachGiayToKetQua, lambda r: r.MaGiayToKetQua <> '' and r.DuongDanTepTinKetQua <> ''
            and not list_contains(list_transform(d.TaiLieuNop, lambda p: p.DuongDanTaiTepTin), r.DuongDanTepTinKetQua)
        )) > 0 as electronic
    from messages
)
"""

_TEXTS = (
    "MaHoSo MaTTHC KenhThucHien NgayTiepNhan NgayHenTra NgayKetThucXuLy NgayTra TrangThaiHoSo DonViXuLy "
    "HoSoCoThanhPhanSoHoa TaiKhoanDuocXacThucVoiVNeID DuocThanhToanTrucTuyen"
)
JSON_STRUCTURE = json.dumps(
    [
        dict.fromkeys(_TEXTS.split(), "VARCHAR")
        | {
            "TaiLieuNop": [{"DuongDanTaiTepTin": "VARCHAR"}],
            "DanhSachGiayToKetQua": [{"MaGiayToKetQua": "VARCHAR", "DuongDanTepTinKetQua": "VARCHAR"}],
        }
    ]
)


@dataclass(frozen=True)
class Floor:
    """What one query read and how long it took; a count a unit in the order of the query's columns."""

    dialect: str
    files: int
    seconds: float
    units: list[tuple[object, ...]]


def floor(root: Path, reference_dir: Path, threads: int | None = None) -> list[Floor]:
    """Time the floor query of each dialect over the exports of a bench."""
    headings = heading_of(reference_dir, VENDOR)
    csv_query = CSV_ROWS.format(**{name.replace("personal:", ""): text for name, text in headings.items()}) + COUNTS
    json_query = JSON_ROWS.format(structure=JSON_STRUCTURE) + COUNTS
    out = []
    for dialect, system, query in (("onecsv", CSV_SYSTEM, csv_query), ("dvcqg2022", JSON_SYSTEM, json_query)):
        files = sorted(str(path) for path in (root / system).glob("*/*/dossiers.*"))
        with duckdb.connect() as db:
            if threads:
                db.execute(f"set threads = {int(threads)}")
            started = time.perf_counter()
            units = db.execute(query, [files]).fetchall() if files else []
            out.append(Floor(dialect, len(files), time.perf_counter() - started, units))
    return out
