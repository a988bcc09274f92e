"""What the pipeline must report about a root in its final state."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from contract_oracle import beside
from contract_oracle import indicators as rules
from contract_oracle.files import BROKEN, Refused, raw_rows
from contract_oracle.reference import Reference
from contract_oracle.rows import Dossiers

FileKey = tuple[str, str, str, str]
IndicatorKey = tuple[str, str, str, str]
Row = dict[str, Any]


@dataclass
class FileTruth:
    """The ledger line of one file."""

    path: str
    outcome: str = "accepted"
    reason: str = ""
    rows_read: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    rows_duplicate: int = 0
    quarantined: list[tuple[int, list[str]]] = field(default_factory=list)


@dataclass
class Truth:
    """Files, strays and indicators of a root."""

    files: dict[FileKey, FileTruth] = field(default_factory=dict)
    stray: list[str] = field(default_factory=list)
    last_day: date | None = None
    periods: list[tuple[str, date, date]] = field(default_factory=list)
    indicators: dict[IndicatorKey, tuple[int, int]] = field(default_factory=dict)
    flags: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # flag to the keys it is on


def expected(root: Path, reference: Path | Reference) -> Truth:
    """Read every file under a root and count what the contract asks for."""
    known = reference if isinstance(reference, Reference) else Reference.of(reference)
    truth, data = Truth(), defaultdict(list)
    days = set()
    for path in sorted(p for p in root.glob("*/*/*/*") if p.is_file()):
        system, unit, day_text, name = path.relative_to(root).parts
        spec = known.systems.get((system, name.split(".")[0]))
        if spec and spec["dataset"] in ("portal", "declared"):
            continue  # no part of what is counted here
        if spec is None or name.removesuffix(".gz") != f"{spec['dataset']}.{spec['ext'].removesuffix('.gz')}":
            truth.stray.append("/".join(path.relative_to(root).parts))
            continue
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", day_text):
            truth.stray.append("/".join(path.relative_to(root).parts))
            continue
        twins = [path.with_name(name.removesuffix(".gz") + ending) for ending in ("", ".gz")]
        if any(twin.exists() and twin.stat().st_mtime > path.stat().st_mtime for twin in twins):
            continue  # the newer of two names counts
        day = date.fromisoformat(day_text)
        file = truth.files[(system, unit, day_text, spec["dataset"])] = FileTruth(str(path.relative_to(root)))
        try:
            raws = raw_rows(path, spec, known)
        except Refused as refusal:
            file.outcome, file.reason = "refused", str(refusal)
            continue
        days.add(day)
        for row in _accept(file, raws, spec, unit, day, known):
            data[spec["dataset"]].append(row | {"system": system, "delivering_unit": unit, "day": day})
    if days:
        truth.last_day = max(days)
        truth.periods = rules.periods(days)
        rules.count(truth, data, known)
    return truth


def _accept(
    file: FileTruth, raws: list[Row], spec: dict[str, str], unit: str, day: date, known: Reference
) -> list[Row]:
    dossiers = Dossiers(spec["dialect"], unit, day, known)
    seen, out = set(), []
    file.rows_read = len(raws)
    for number, raw in enumerate(raws, 1):
        broken = raw.pop(BROKEN, None)
        if spec["dataset"] == "dossiers":
            row = dossiers.read(raw)
        elif spec["dataset"] == "apologies":
            row = beside.apology(raw, spec["dialect"], day, known)
        else:
            row = getattr(beside, spec["dataset"].removesuffix("s"))(raw, day, known)
        if broken:
            row.rules.add(broken)
        if row.rules:
            file.quarantined.append((number, sorted(row.rules)))
            file.rows_quarantined += 1
            continue
        same = json.dumps(raw, sort_keys=True, ensure_ascii=False, default=str)
        if same in seen:
            file.rows_duplicate += 1
            continue
        seen.add(same)
        file.rows_accepted += 1
        out.append(row.values | {"row": number})
    return out


def compare(truth: Truth, sample: dict[str, Any]) -> list[str]:
    """Differences from a truth file of the samples (last revision of each file)."""
    out = []
    for file in sample["files"]:
        key = (file["system"], file["unit"], file["export_date"], file["dataset"])
        want, got = file["revisions"][-1], truth.files.get(key)
        if got is None:
            out.append(f"{file['path']}: not seen")
            continue
        for name in ("outcome", "rows_read", "rows_accepted", "rows_quarantined", "rows_duplicate"):
            if getattr(got, name) != want[name]:
                out.append(f"{file['path']}: {name} {getattr(got, name)}, expected {want[name]}")
        told = [(number, rule) for number, rule in want.get("quarantined", [])]
        if sorted(n for n, _ in got.quarantined) != sorted(n for n, _ in told) or any(
            rule not in dict(got.quarantined)[n] for n, rule in told if n in dict(got.quarantined)
        ):
            out.append(f"{file['path']}: quarantined {got.quarantined}, expected {told}")
    wanted: dict[Any, tuple[int, int]] = {tuple(r[:4]): (r[4], r[5]) for r in sample["indicators"]}
    for key in sorted(set(wanted) | set(truth.indicators)):
        if wanted.get(key, (0, 0)) != truth.indicators.get(key, (0, 0)):
            out.append(f"{key}: {truth.indicators.get(key)}, expected {wanted.get(key)}")
    return out
