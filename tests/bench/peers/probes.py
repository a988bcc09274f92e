"""What a pipeline must do beside being fast, each shown by running: a peer passes or fails, and is told by what it did.

Small exports of eight units; the same changes are made for each peer, in this order, on one installation of it. What
is right is counted by the floor's query over the files as they should be understood.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.floor import floor
from bench.peers.measured import At, Peer, Stopped, run, show
from bench.scale import CSV_SYSTEM, JSON_SYSTEM, VENDOR, heading_of, write_increment, write_scale

UNITS, ROWS = 8, 8 * 4_600
DAY, NEXT, BEFORE = "2026-09-29", "2026-09-30", "2026-09-28"
#: 23 of 4,000 is 0.575 %: half up 0.58, in binary floating point 0.57.
TIE, TIE_OF, TIE_RATE = 23, 4_000, 0.58

NAMES = {
    "lineage": "names file and row of every dossier",
    "exactness": "0.575 % becomes 0.58 % (half up, no binary floating point)",
    "repeat": "a second run changes nothing",
    "correction": "a file sent again, corrected, takes the place of the former one",
    "late": "an older file that comes late does not undo newer rows",
    "broken_file": "a truncated file is refused by name, all others count",
    "broken_row": "a row with a date that is none is held back with file, row and rule, all others count",
}


@dataclass(frozen=True)
class Outcome:
    """Whether a peer passed, and what it did."""

    ok: bool
    said: str = ""


def write(exports: Path, reference: Path) -> None:
    """The exports of the probes: of the first unit exactly ``TIE`` of ``TIE_OF`` dossiers are online."""
    write_scale(exports, reference, units=UNITS, rows=ROWS)
    heading = heading_of(reference, VENDOR)

    def tie(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        received = [row for row in rows if row[heading["received_at"]]][:TIE_OF]
        for at, row in enumerate(received):
            row[heading["channel"]] = "Trực tuyến" if at < TIE else "Trực tiếp"
        return received

    _edit(_table(exports, 101, DAY), tie)


def _table(exports: Path, unit: int, day: str) -> Path:
    return exports / CSV_SYSTEM / f"H50.{unit}" / day / "dossiers.csv"


def _read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(out.getvalue(), "utf-8-sig", newline="")
    _sent_now(path)


def _sent_now(path: Path) -> None:
    """Later than what any peer has seen: the writers of exports set the time of the day that they play."""
    os.utime(path, (now := time.time(), now))


def _edit(path: Path, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    _write(path, change(_read(path)))


def right(exports: Path, reference: Path) -> list[list[Any]]:
    """The floor's counts of every unit."""
    return sorted(list(unit) for part in floor(exports, reference) for unit in part.units)


def probe(peer: Peer, at: At, template: Path) -> dict[str, Outcome]:
    """All probes of one peer, on a copy of the exports of its own; ``at`` names where."""
    shutil.copytree(template, at.exports)
    return dict(_outcomes(peer, at, heading_of(at.reference, VENDOR)))


def _outcomes(peer: Peer, at: At, heading: dict[str, str]) -> Iterator[tuple[str, Outcome]]:
    run(peer, at)
    first = show(peer, at)
    yield "lineage", _lineage(first, at.exports, heading)
    rate = first["percent"].get("H50.101")
    yield "exactness", Outcome(rate is not None and float(rate) == TIE_RATE, f"{rate} %")
    yield "repeat", _after(peer, at, lambda now: now == first, "rows differ")

    dropped = _correct(_table(at.exports, 103, DAY), heading)
    want = right(at.exports, at.reference)
    yield (
        "correction",
        _after(peer, at, lambda now: now["units"] == want and dropped not in now["dossiers"], "counts differ"),
    )

    code = _send_late(at.exports, heading)
    want = right(at.exports, at.reference)
    yield (
        "late",
        _after(peer, at, lambda now: now["units"] == want and DAY in now["dossiers"][code][0], "counts differ"),
    )

    write_increment(at.exports, at.reference, 80)
    broken = at.exports / JSON_SYSTEM / "H50.102" / NEXT / "dossiers.json"
    for path in at.exports.glob(f"*/*/{NEXT}/*"):
        _sent_now(path)
    whole = broken.read_bytes()
    broken.unlink()
    want = right(at.exports, at.reference)
    broken.write_bytes(whole[: len(whole) // 2])
    name = broken.relative_to(at.exports).as_posix()

    def refused(now: dict[str, Any]) -> bool:
        return now["units"] == want and any(str(path).endswith(name) for path, _ in now["refused"])

    yield "broken_file", _after(peer, at, refused, "counts differ, or the file is not named")
    broken.unlink()

    yield "broken_row", _broken_row(peer, at, heading)


def _after(peer: Peer, at: At, good: Callable[[dict[str, Any]], bool], otherwise: str) -> Outcome:
    """Run once more and look; a run that stops has failed the probe."""
    try:
        run(peer, at)
    except Stopped as stopped:
        return Outcome(False, f"the run stopped: {str(stopped)[:120]}")
    return Outcome(True) if good(show(peer, at)) else Outcome(False, otherwise)


def _lineage(first: dict[str, Any], exports: Path, heading: dict[str, str]) -> Outcome:
    path = _table(exports, 105, DAY)
    rows = _read(path)
    code = rows[41][heading["dossier_code"]]
    named, number = first["dossiers"][code][:2]
    if named != path.relative_to(exports).as_posix():
        return Outcome(False, "no file")
    return Outcome(True) if number == 42 else Outcome(False, "the file, no row")


def _correct(path: Path, heading: dict[str, str]) -> str:
    """The last row is gone and the first says otherwise; the code of the one that is gone."""
    rows = _read(path)
    gone = rows.pop()
    column = heading["has_digitised_parts"]
    rows[0][column] = "Không" if rows[0][column] == "Có" else "Có"
    _write(path, rows)
    return gone[heading["dossier_code"]]


def _send_late(exports: Path, heading: dict[str, str]) -> str:
    """The day before, one dossier as it stood then: not finished."""
    row = next(row for row in _read(_table(exports, 105, DAY)) if row[heading["returned_at"]])
    row[heading["finished_at"]] = row[heading["returned_at"]] = ""
    row[heading["has_electronic_result"]] = "Không"
    row[heading["status"]] = "Đang xử lý"
    _write(_table(exports, 105, BEFORE), [row])
    return row[heading["dossier_code"]]


def _broken_row(peer: Peer, at: At, heading: dict[str, str]) -> Outcome:
    path = _table(at.exports, 107, NEXT)
    rows = _read(path)
    _write(path, [rows[0], *rows[2:]])
    want = right(at.exports, at.reference)
    rows[1][heading["due_at"]] = "31/02/2026 17:00"
    _write(path, rows)
    name = path.relative_to(at.exports).as_posix()
    try:
        run(peer, at)
    except Stopped as stopped:
        return Outcome(False, f"the run stopped: {str(stopped)[:120]}")
    now = show(peer, at)
    if now["units"] == want and [name, 2] in [row[:2] for row in now["held"]]:
        return Outcome(True)
    if any(str(path).endswith(name) for path, _ in now["refused"]):
        return Outcome(False, "its whole file is refused")
    return Outcome(False, "counts differ, or nobody says why")
