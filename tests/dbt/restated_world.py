"""A made-up province before and after mergers, as a registry folder and the dossiers of three months."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from cchc.datasets import DATASETS
from cchc.load import Warehouse
from cchc.load.schema import DELIVERIES
from cchc.registry.check import check
from cchc.registry.files import PACKAGED
from cchc.registry.open import open_registry
from cchc.registry.tables import build_tables

UNITS = """\
agency_code,admin_code,kind,name,level,parent,valid_from,valid_to
Q46,44,tỉnh,Tỉnh Bắc,province,,2020-01-01,2025-06-30
Q50,45,tỉnh,Tỉnh Nam,province,,2020-01-01,2025-06-30
Q50,44,tỉnh,Tỉnh Nam,province,,2025-07-01,
Q50.D1,470,huyện,Huyện Một,district,Q50,2020-01-01,2025-06-30
Q50.D2,471,huyện,Huyện Hai,district,Q50,2020-01-01,2025-06-30
Q46.D3,472,huyện,Huyện Ba,district,Q46,2020-01-01,2025-06-30
Q50.D1.A,01001,xã,Xã A,commune,Q50.D1,2020-01-01,2025-06-30
Q50.D1.B,01002,xã,Xã B,commune,Q50.D1,2020-01-01,2025-06-30
Q50.D1.C,01003,xã,Xã C,commune,Q50.D1,2020-01-01,2025-06-30
Q50.D2.E,01005,xã,Xã E,commune,Q50.D2,2020-01-01,2025-06-30
Q50.D2.F,01007,xã,Xã F,commune,Q50.D2,2020-01-01,2025-06-30
Q50.D2.G,01008,xã,Xã G,commune,Q50.D2,2020-01-01,2025-06-30
Q50.D2.H,01009,xã,Xã H,commune,Q50.D2,2020-01-01,2025-06-30
Q50.101,01001,xã,Xã Mới,commune,Q50,2025-07-01,2026-06-30
Q50.102,01003,xã,Xã C Đông,commune,Q50,2025-07-01,
Q50.103,01004,xã,Xã C Tây,commune,Q50,2025-07-01,
Q50.104,01005,xã,Xã E Đông,commune,Q50,2025-07-01,
Q50.105,01006,xã,Xã E Tây,commune,Q50,2025-07-01,
Q50.106,01007,xã,Xã F,commune,Q50,2025-07-01,2026-06-30
Q50.107,01008,xã,Xã GH,commune,Q50,2025-07-01,
Q50.108,02001,xã,Xã Lớn,commune,Q50,2026-07-01,
Q50.109,01010,xã,Xã K,commune,Q50.D1,2020-01-01,2025-06-30
Q50.109,01010,xã,Xã K,commune,Q50,2025-07-01,2026-07-31
Q50.109,01010,phường,Phường K,commune,Q50,2026-08-01,
"""
MERGERS = """\
old_admin_code,old_name,old_level,new_admin_code,new_name,effective_from,source,weight,weight_source,unlisted
44,Tỉnh Bắc,province,44,Tỉnh Nam,2025-07-01,test,,,
45,Tỉnh Nam,province,44,Tỉnh Nam,2025-07-01,test,,,
01001,Xã A,commune,01001,Xã Mới,2025-07-01,test,,,
01002,Xã B,commune,01001,Xã Mới,2025-07-01,test,,,
01003,Xã C,commune,01003,Xã C Đông,2025-07-01,test,,,
01003,Xã C,commune,01004,Xã C Tây,2025-07-01,test,,,
01005,Xã E,commune,01005,Xã E Đông,2025-07-01,test,0.25,dân số 2024,
01005,Xã E,commune,01006,Xã E Tây,2025-07-01,test,0.75,dân số 2024,
01007,Xã F,commune,01007,Xã F,2025-07-01,test,,,
01008,Xã G,commune,01008,Xã GH,2025-07-01,test,,,
01009,Xã H,commune,01008,Xã GH,2025-07-01,test,,,
01001,Xã Mới,commune,02001,Xã Lớn,2026-07-01,test,,,
01007,Xã F,commune,02001,Xã Lớn,2026-07-01,test,,,
"""
SYSTEM = """\
code: shop
name_vi: Một cửa
name_en: One-stop
valid_from: 2020-01-01
datasets:
  - dataset: dossiers
    dialect: onecsv
    ext: csv
    headings: A
    units: [{units}]
"""
MAY, AUGUST, LAST = date(2025, 5, 30), date(2025, 8, 29), date(2026, 8, 31)
#: export day -> unit -> dossiers (on time, all), received that month
COUNTS: dict[date, dict[str, tuple[int, int]]] = {
    MAY: {
        "Q46.D3": (3, 5), "Q50.D1": (2, 3), "Q50.D2": (5, 6), "Q50.D1.A": (1, 2), "Q50.D1.B": (4, 4),
        "Q50.D1.C": (1, 3), "Q50.D2.E": (3, 7), "Q50.D2.F": (2, 5), "Q50.D2.G": (1, 1), "Q50.109": (2, 3),
    },
    AUGUST: {"Q50.101": (3, 6), "Q50.102": (1, 1), "Q50.104": (2, 2), "Q50.106": (1, 4), "Q50.109": (1, 1)},
    LAST: {"Q50.108": (6, 8), "Q50.102": (1, 2), "Q50.107": (3, 3), "Q50.109": (2, 2)},
}  # fmt: skip
P_MAY, P_2025, P_AUGUST = "2025-05-01_2025-05-31", "2025-01-01_2025-12-31", "2025-08-01_2025-08-31"
P_LAST = "2026-08-01_2026-08-31"


def write_registry(folder: Path, units: str = UNITS, mergers: str = MERGERS) -> Path:
    """A sound registry folder; the method is the packaged one, valid also in the years before."""
    (folder / "systems").mkdir(parents=True)
    (folder / "methods").mkdir()
    (folder / "units.csv").write_text(units, encoding="utf-8")
    (folder / "mergers.csv").write_text(mergers, encoding="utf-8")
    codes = sorted({line.split(",")[0] for line in units.splitlines()[1:]})
    (folder / "systems" / "shop.yaml").write_text(SYSTEM.format(units=", ".join(codes)), encoding="utf-8")
    for path in (PACKAGED / "methods").iterdir():
        text = path.read_text(encoding="utf-8").replace("valid_from: 2026-01-01", "valid_from: 2020-01-01")
        (folder / "methods" / path.name).write_text(text, encoding="utf-8")
    assert check(folder) == []
    return folder


def registry_tables_of(folder: Path) -> dict[str, pa.Table]:
    return build_tables(open_registry(folder))


def fill(warehouse: Warehouse, registry: Path, counts: Mapping[date, Mapping[str, tuple[int, int]]] = COUNTS) -> None:
    """The registry's tables, a file a unit and day, and its dossiers."""
    warehouse.sync_registry(registry_tables_of(registry), "first")
    rows, files = [], []
    for day, of_day in counts.items():
        for unit, (on_time, received) in of_day.items():
            revision = f"{unit}-{day}"
            files.append(
                {"revision_id": revision, "system": "shop", "unit": unit, "export_date": day, "dataset": "dossiers",
                 "path": revision, "revision": 1, "outcome": "accepted", "rows_read": received,
                 "rows_accepted": received, "rows_quarantined": 0, "rows_duplicate": 0, "in_force": True}
            )  # fmt: skip
            for number in range(1, received + 1):
                start = datetime(day.year, day.month, 5, 8)
                rows.append(
                    {"revision_id": revision, "row_number": number, "system": "shop", "delivering_unit": unit,
                     "export_date": day, "dossier_code": f"{revision}-{number}", "procedure_code": "1.001193",
                     "receiving_unit": unit, "handling_unit": unit, "channel": "online" if number % 2 else "direct",
                     "received_at": start, "due_at": start.replace(day=10), "status": 10,
                     "finished_at": start.replace(day=8 if number <= on_time else 12)}
                )  # fmt: skip
    warehouse.append_table("dossiers", pa.Table.from_pylist(rows, schema=DATASETS["dossiers"].raw_schema))
    warehouse.append_table("deliveries", pa.Table.from_pylist(files, schema=DELIVERIES))


def summed(day: date, units: Iterable[str]) -> tuple[int, int]:
    """What some units counted on a day together."""
    found = [COUNTS[day][unit] for unit in units]
    return sum(n for n, _ in found), sum(d for _, d in found)
