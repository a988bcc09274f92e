"""What ``cchc status`` says before any build is what the warehouse's delivery board says after it."""

from __future__ import annotations

import os
import shutil
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cchc.contracts import TIMEZONE
from cchc.deliveries import board
from cchc.pipeline.build import build
from cchc.registry.open import open_registry
from support.world import World, g2_file, world

pytestmark = [pytest.mark.xdist_group("great_expectations"), pytest.mark.slow]

ZONE = ZoneInfo(TIMEZONE)
LONG_AGO = date(2023, 12, 29)


@pytest.fixture
def here(tmp_path: Path) -> World:
    """The packaged registry, but H50.106 ends five days ago."""
    folder = tmp_path / "registry"
    shutil.copytree(str(files("cchc.registry") / "data"), folder)
    units = (folder / "units.csv").read_text(encoding="utf-8").splitlines()
    at = units[0].split(",").index("valid_to")
    for number, line in enumerate(units):
        cells = line.split(",")
        if cells[0] == "H50.106":
            cells[at] = (today() - timedelta(5)).isoformat()
            units[number] = ",".join(cells)
    (folder / "units.csv").write_text("\n".join(units) + "\n", encoding="utf-8")
    return world(tmp_path, open_registry(folder))


def today() -> date:
    return datetime.now(ZONE).date()


def deliver(here: World, path: str, day: date, content: bytes, days_late: int = 0) -> None:
    """A file that arrives in the evening of its day, or so many days later."""
    arrived = datetime.combine(day + timedelta(days_late), time(20), ZONE).timestamp()
    os.utime(here.deliver(path, content, day), (arrived, arrived))


def test_both_doors_see_the_same_deliveries(here: World) -> None:
    days = [today() - timedelta(n) for n in (9, 8, 6, 4, 0)]  # on the days between them nobody delivered
    one, two = "mcdt-quangtri/H50.101/dossiers.json", "mcdt-quangtri/H50.106/dossiers.json"
    silent = "igate-quangtri/H50.102/dossiers.jsonl"
    for number, day in enumerate(days[:4]):
        deliver(here, one, day, g2_file(number), days_late=3 if number == 1 else 0)
    deliver(here, two, days[0], g2_file(7).replace(b"H50.101", b"H50.106"))  # of that unit
    deliver(here, two, days[1], b"{")  # refused, and the unit ends before the fourth day
    deliver(here, silent, days[0], b"")
    deliver(here, "pay-dvcqg/H50/payments.csv", days[4], b"")  # makes today a business day: not due before tomorrow
    for name in ("H50.D470", "H50.D470.19681"):  # history: nothing is due daily
        deliver(here, f"motcua-hailang/{name}/dossiers.csv", LONG_AGO, b"")
    here.ingest(LONG_AGO, LONG_AGO)
    deliver(here, "motcua-hailang/H50.D470/dossiers.csv", LONG_AGO + timedelta(1), b"")
    here.ingest(LONG_AGO, LONG_AGO + timedelta(1))
    here.ingest(days[0], days[-1])
    deliver(here, two, days[0], b"<html>")  # a refused correction: the first stays in force
    here.ingest(days[0], days[-1])

    squares = board(here.registry, here.ledger, LONG_AGO, today())
    said = sorted(
        (s.system, s.unit, s.export_date, s.dataset, s.status, s.is_expected, s.rows_read or 0, s.rows_quarantined or 0)
        for s in squares
    )
    build(here.settings, here.registry, here.ledger)
    columns = "system, unit_code, export_date, dataset, status, is_expected, rows_read, rows_quarantined"
    assert said == sorted(here.rows(f"select {columns} from publish.pub_delivery_board"))

    status = {(s.system, s.unit, s.export_date): s.status for s in squares}
    mcdt, igate = "mcdt-quangtri", "igate-quangtri"
    assert [status[mcdt, "H50.101", day] for day in days] == ["on_time", "late", "on_time", "on_time", "waiting"]
    assert [status.get((mcdt, "H50.106", day)) for day in days] == ["on_time", "refused", "missing", None, None]
    assert [status[igate, "H50.102", day] for day in days] == ["refused", "missing", "missing", "missing", "waiting"]
    assert {day for _, _, day in status} == {LONG_AGO, LONG_AGO + timedelta(1), *days}
    assert sum(system == "motcua-hailang" for system, _, _ in status) == 3
