"""What the peers share: command line, reference tables, columns, the table of indicators, what they report.

A peer runs in an environment of its own (.peers) and knows nothing of this project but its exports and reference
tables.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CSV_SYSTEM, JSON_SYSTEM = "bench-csv", "bench-json"
#: Canonical columns of a dossier, without those that hold personal data; dates, yes and no, then text and numbers.
DATES = ("submitted_at", "received_at", "due_at", "finished_at", "returned_at", "refused_at", "asked_at", "answered_at")
FLAGS = ("has_digitised_parts", "vneid_verified", "reused_part", "from_personal_store", "has_electronic_result")
TEXTS = ("dossier_code", "procedure_code", "receiving_unit", "handling_unit", "applicant_kind", "channel")
NUMBERS = ("status", "online_payment", "fee_vnd")
ORIGIN = ("path", "row_number", "export_date")
KEYS_2022 = {
    "dossier_code": "MaHoSo",
    "procedure_code": "MaTTHC",
    "handling_unit": "DonViXuLy",
    "applicant_kind": "LoaiDoiTuong",
    "channel": "KenhThucHien",
    "submitted_at": "NgayNopHoSo",
    "received_at": "NgayTiepNhan",
    "due_at": "NgayHenTra",
    "finished_at": "NgayKetThucXuLy",
    "returned_at": "NgayTra",
    "refused_at": "NgayTuChoi",
    "status": "TrangThaiHoSo",
    "has_digitised_parts": "HoSoCoThanhPhanSoHoa",
    "vneid_verified": "TaiKhoanDuocXacThucVoiVNeID",
    "online_payment": "DuocThanhToanTrucTuyen",
}
LISTS_2022 = {
    "TaiLieuNop": ("DuongDanTaiTepTin", "DuocTaiSuDung", "DuocLayTuKhoDMQG"),
    "DanhSachLePhi": ("Gia",),
    "DanhSachHoSoBoSung": ("NgayBoSung", "NgayTiepNhanBoSung"),
    "DanhSachGiayToKetQua": ("MaGiayToKetQua", "DuongDanTepTinKetQua"),
}
CHANNELS_2022 = {"1": "direct", "2": "online", "3": "postal"}
KINDS_2022 = {"1": "citizen", "2": "business", "3": "agency", "4": "organisation"}

#: The seven counts of ``floor.py`` and a rate, in SQL that DuckDB, PostgreSQL and Spark understand alike.
UNIT_INDICATORS = """
select handling_unit as unit,
    count(*) as received,
    count(*) filter (where coalesce(finished_at, returned_at, timestamp '2026-09-30 23:59:59') <= due_at) as on_time,
    count(*) filter (where channel = 'online') as online,
    count(*) filter (where has_digitised_parts) as digitised,
    count(*) filter (where vneid_verified) as vneid,
    count(*) filter (where online_payment in (1, 2)) as paid_online,
    count(*) filter (where has_electronic_result) as electronic,
    round(100.0 * count(*) filter (where channel = 'online') / count(*), 2) as online_percent
from dossier_latest
where received_at is not null
group by handling_unit
"""
UNITS = "select * from unit_indicators order by unit"
DOSSIERS = "select dossier_code, path, row_number, status from dossier_latest"


@dataclass
class Reference:
    """The tables beside the exports: headings by canonical column, codes by label, procedures, units."""

    folder: Path

    def _rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def headings(self) -> dict[str, str]:
        """Canonical column to heading."""
        return {row["canonical"]: row["heading"] for row in self._rows("headings")}

    def labels(self, field_name: str) -> dict[str, str]:
        """Label to canonical value of one field."""
        return {row["label"]: row["canonical"] for row in self._rows("labels") if row["field"] == field_name}

    def procedures(self) -> list[str]:
        """Codes of the catalogue."""
        return [row["procedure_code"] for row in self._rows("procedures")]

    def units(self) -> list[str]:
        """Codes of agencies."""
        return [row["agency_code"] for row in self._rows("units")]


@dataclass
class Run:
    """One call of a peer: where it reads and writes, and how long its stages took."""

    exports: Path
    reference: Reference
    work: Path
    server: str
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def lap(self, stage: str) -> Iterator[None]:
        """Time a stage."""
        started = time.perf_counter()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0) + time.perf_counter() - started

    def changed(self, seen: dict[str, Sequence[Any]]) -> list[str]:
        """Paths below the exports whose size or time of change is not as last seen; ``seen`` is brought up to date."""
        found = []
        for path in sorted(self.exports.glob("*/*/*/dossiers.*")):
            stat, name = path.stat(), path.relative_to(self.exports).as_posix()
            state = [stat.st_size, stat.st_mtime_ns]
            if list(seen.get(name, ())) != state:
                found.append(name)
            seen[name] = state
        return found

    @property
    def state(self) -> Path:
        """Where a peer without a memory of its own keeps what the last run saw; written when that ended well."""
        return self.work / "seen.json"

    def news(self) -> tuple[list[str], dict[str, Any]]:
        """The paths that ``changed`` since that run, and what is seen now, to be written into ``state``."""
        seen = json.loads(self.state.read_text()) if self.state.is_file() else {}
        return self.changed(seen), seen


def main(run: Callable[[Run], None], show: Callable[[Run], dict[str, Any]]) -> None:
    """``run`` loads and makes the marts; with ``--show`` the peer only says what it holds, for the comparison."""
    parser = argparse.ArgumentParser()
    for name in ("exports", "reference", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--server", default="")
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    this = Run(given.exports.resolve(), Reference(given.reference), given.work.resolve(), given.server)
    if given.show:
        (given.work / "shown.json").write_text(json.dumps(show(this), default=str), "utf-8")
    else:
        run(this)
        (given.work / "seconds.json").write_text(json.dumps(this.seconds), "utf-8")


def shown(units: Any, dossiers: Any, held: Any = (), refused: Any = ()) -> dict[str, Any]:
    """What a peer holds: units, dossiers by code, rows held back (path, row, rule), files refused (path, reason)."""
    return {
        "units": [list(row[:8]) for row in units],
        "percent": {row[0]: row[8] for row in units},
        "dossiers": {row[0]: list(row[1:]) for row in dossiers},
        "held": [list(row) for row in held],
        "refused": [list(row) for row in refused],
    }
