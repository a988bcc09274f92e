"""A province office's small world: September's dossiers of three communes, delivered again as time goes on."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

from cchc.pipeline.build import build
from support.dossiers import dossier, envelope, record_2022
from support.world import World

UNITS = ("H50.101", "H50.106", "H50.107")
FIRST, LAST = date(2026, 9, 1), date(2026, 11, 30)


def deliver(here: World, unit: str, day: date, dossiers: int, late: int) -> None:
    """A unit's file of a day: so many September dossiers, of which so many came to their end too late."""
    received = datetime(2026, 9, 2, 8, 0)
    rows = [
        dossier(
            dossier_code=f"{unit}-260902-{n:04d}",
            submitted_at=received,
            received_at=received,
            due_at=received + timedelta(days=5),
            finished_at=received + timedelta(days=8 if n <= late else 3),
            supplements=[],
        )
        for n in range(1, dossiers + 1)
    ]
    file = json.loads(envelope([record_2022(row) for row in rows]))
    file["madonvi"] = unit
    here.deliver(f"mcdt-quangtri/{unit}/dossiers.json", json.dumps(file, ensure_ascii=False).encode(), day)


def run(here: World) -> None:
    """Take in what was delivered, and build."""
    here.ingest(FIRST, LAST)
    build(here.settings, full_refresh=False)
