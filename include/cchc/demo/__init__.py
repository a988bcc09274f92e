"""Synthetic exports: one quarter of a province in every dialect, two rebuilt districts of 2023, the portal's answers.

Everything follows from the seed: the same seed gives the same bytes. People are synthetic throughout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cchc.demo.portal import SYSTEM as PORTAL
from cchc.demo.portal import write_portal
from cchc.demo.published import DISTRICTS
from cchc.demo.quarter import Quarter
from cchc.demo.reconstruct import write_district
from cchc.demo.reference import Reference
from cchc.demo.sink import Sink

if TYPE_CHECKING:
    from cchc.registry.catalogue import Registry

__all__ = ["write_demo"]

FIRST_DAY, LAST_DAY = date(2026, 7, 1), date(2026, 9, 30)
PROVINCE = "H50"
INTEGRITY = 40  # cases of each kind


def write_demo(
    root: Path,
    registry: Registry,
    seed: int = 766,
    day_from: date = FIRST_DAY,
    day_to: date = LAST_DAY,
    scale: float = 1.0,
    integrity: int = INTEGRITY,
    corrections: Path | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> dict[str, Any]:
    """Write the demo's exports below ``root`` and return what was written: files, rows, faults and cases by kind.

    ``scale`` multiplies the number of dossiers of the quarter; ``progress`` is called with the last path and the
    number of files every hundred files. ``integrity``: how many integrity cases of each kind are planted, 0 for a
    clean province; those that only a file sent again shows need ``corrections``, the folder of such files. The same
    manifest, with the place of every fault and case, lies in ``manifest.json``.
    """
    sink = Sink(root, progress)
    now = Reference.from_registry(registry, day_to)
    province = [o for o in now.outlets if all(f"{u}.".startswith(f"{PROVINCE}.") for u in o.units)]
    again = Sink(corrections) if corrections else None
    Quarter(sink, replace(now, outlets=province), seed, day_from, day_to, scale, integrity, again).write()
    for district in DISTRICTS:
        then = Reference.from_registry(registry, district.last)
        write_district(sink, replace(then, procedures=then.procedures or now.procedures), district, seed)
    if any(o.system == PORTAL for o in now.outlets):
        write_portal(sink)
    manifest = {
        "seed": seed,
        "files_total": sum(sink.files.values()),
        "rows_total": sum(sink.rows.values()),
        "faults_total": sum(len(places) for places in sink.faults.values()),
        "first_day": day_from.isoformat(),
        "last_day": day_to.isoformat(),
        "files": dict(sorted(sink.files.items())),
        "rows": dict(sorted(sink.rows.items())),
        "integrity_total": sum(len(cases) for cases in sink.integrity.values()),
        "integrity": {kind: len(cases) for kind, cases in sorted(sink.integrity.items())},
        "faults": {kind: len(places) for kind, places in sorted(sink.faults.items())},
    }
    places = {kind: sorted(places) for kind, places in sorted(sink.faults.items())}
    text = msgspec.json.format(msgspec.json.encode(manifest | {"places": places, "cases": sink.integrity}), indent=1)
    (root / "manifest.json").write_bytes(text + b"\n")
    return manifest
