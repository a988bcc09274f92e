"""The small world of the report pages with two approved editions of September: what a site is written from."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from publish_world import METHOD, MONTH

from cchc.editions import Edition
from cchc.editions.compare import method_data
from cchc.publish import list_periods, open_reader, select_periods
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.site.states import State, states_now

REVISED = {"kind": "correction", "note": "Một tệp giao lại, hồ sơ H50.100-1"}


@dataclass
class Built:
    """A working folder with two copies of its site."""

    settings: Settings
    registry: Registry
    editions: list[Edition]
    public: Path
    office: Path


def edition(settings: Settings, registry: Registry, number: int) -> Edition:
    """An approved edition of September as its folder is: the tables of that day, the method, manifest, approval."""
    state = now(settings, registry)
    folder = settings.editions / METHOD / "H50" / "2026-09" / f"r{number}"
    folder.mkdir(parents=True)
    moved = {"revisions": state.tables["changes"]} if number > 1 else {}
    for name, rows in {**state.tables, **moved}.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else ["none"])
            writer.writeheader()
            writer.writerows(rows)
    manifest = {
        "province": "H50",
        "method": METHOD,
        "period": {"label": "2026-09", "kind": "month", "start": "2026-09-01", "end": "2026-09-30"},
        "data_as_of": str(MONTH["as_of_date"]),
        "reason": REVISED if number > 1 else None,
        "compared_with": f"r{number - 1}" if number > 1 else "2026-08",
    }
    approval = {"approved_by": "Nguyễn Thị <Duyệt>", "approved_at": f"2026-10-{19 + number}T08:00:00"}
    for name, content in (
        ("manifest.json", manifest),
        ("approval.json", approval),
        ("method.json", method_data(registry, METHOD)),
    ):
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return Edition(folder, number)


def now(settings: Settings, registry: Registry) -> State:
    """September as the warehouse has it."""
    with open_reader(settings) as reader:
        (period,) = select_periods(list_periods(reader), ["2026-09"])
        (state,) = states_now(reader, registry, period)
    return state
