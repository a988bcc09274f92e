"""The national portal's answers for one province and quarter, placed as an export, as they came."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import Any

import msgspec

from cchc.demo.sink import Sink

SYSTEM, UNIT, DAY = "portal-dvcqg", "H44", date(2026, 9, 30)
ANSWERS = (
    "transparency",
    "dvc-progress-tree",
    "provide-online-tree",
    "formality-online-payment-tree",
    "dossier-digitized",
    "handling-satisfaction",
)


def portal_export() -> dict[str, Any]:
    """The six answers of the third quarter of 2026 with the question they answer."""
    folder = files("cchc.demo").joinpath("data/portal_2026Q3")
    answers = {name: msgspec.json.decode(folder.joinpath(f"{name}.json").read_bytes()) for name in ANSWERS}
    return {"timeType": "quarter", "year": 2026, "quarter": 3, "rootDepartmentCode": UNIT, "answers": answers}


def write_portal(sink: Sink) -> None:
    """Write the answers as one export file."""
    sink.put(f"{SYSTEM}/{UNIT}/{DAY}/portal.json", msgspec.json.encode(portal_export()), DAY, rows=1)
