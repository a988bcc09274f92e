"""Check a published edition by itself: hashes, seal and signature, and every score, group, total, rank and band anew.

Reads the folder of one edition and nothing else, and shares no code with what made it: this file and the edition's
``method.json`` are all that is needed to follow how indicators become ranks. Scores are fractions of whole numbers,
rounded half-up (the portal's rounding); a total is the sum of rounded scores.

    python -m cchc.verify EDITION_DIR        exit code 0 only when all holds
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

if TYPE_CHECKING:
    from upath import UPath

Place: TypeAlias = "Path | UPath"  # a folder, or a prefix of an object store: what is read in both the same way
MANIFEST, SIGNATURE, APPROVAL = "manifest.json", "signature.json", "approval.json"
DOSSIERS = "PROCESSING_ON_TIME"  # the criterion whose denominator counts a unit's dossiers
Row = dict[str, str]
Ratios = dict[tuple[str, str], tuple[Fraction, Fraction]]  # numerator and denominator by unit and criterion


def verify(edition: Place, landing: Place | None = None, destroyed: Collection[str] = ()) -> list[str]:
    """What does not hold, one sentence each with the file and the figure; empty where all holds.

    ``landing``: also look there for every landed file that the edition used, and hash it. ``destroyed``: SHA-256 of
    files whose bytes were destroyed by law, which are not looked for.
    """
    if not (edition / MANIFEST).is_file():
        return [f"{MANIFEST}: there is none in {edition}"]
    wrong = list(_bytes(edition))
    if wrong:
        return wrong  # figures of changed files say nothing
    wrong = list(_figures(edition))
    return wrong + (list(_landed(edition, landing, destroyed)) if landing else [])


def canonical(data: Any) -> bytes:
    """JSON in one form only: keys sorted, UTF-8, one line feed at the end."""
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def seal(data: dict[str, Any]) -> str:
    """SHA-256 of a record without its own seal and signature."""
    return hashlib.sha256(canonical({k: v for k, v in data.items() if k not in ("seal", "signature")})).hexdigest()


def _bytes(edition: Place) -> Iterator[str]:
    """Every file as the manifest has it, no other file, and records that nobody touched."""
    content = (edition / MANIFEST).read_bytes()
    try:
        manifest = json.loads(content)
        listed = {str(name): str(known["sha256"]) for name, known in manifest["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        yield f"{MANIFEST}: is no manifest"
        return
    if canonical(manifest) != content:
        yield f"{MANIFEST}: was changed after it was written"
    present = _files(edition)
    for name in sorted(present - set(listed) - {MANIFEST, SIGNATURE, APPROVAL}):
        yield f"{name}: the manifest does not know it"
    for name, known in sorted(listed.items()):
        if name not in present:
            yield f"{name}: is missing"
        elif hashlib.sha256((edition / name).read_bytes()).hexdigest() != known:
            yield f"{name}: is not the file that the manifest describes (another SHA-256)"
    for name in (SIGNATURE, *([APPROVAL] if APPROVAL in present else [])):
        yield from _record(edition, name, hashlib.sha256(content).hexdigest())


def _files(edition: Place) -> set[str]:
    if isinstance(edition, Path):
        return {path.relative_to(edition).as_posix() for path in edition.rglob("*") if path.is_file()}
    return {path.relative_to(edition).as_posix() for path in edition.rglob("*") if path.is_file()}


def _record(edition: Place, name: str, manifest: str) -> Iterator[str]:
    """A signature or an approval: canonical, sealed, of this manifest, and signed where it names a key."""
    if not (edition / name).is_file():
        yield f"{name}: is missing"
        return
    content = (edition / name).read_bytes()
    try:
        record = json.loads(content)
        if canonical(record) != content or record["seal"] != seal(record):
            yield f"{name}: was changed after it was written"
        if record["manifest_sha256"] != manifest:
            yield f"{name}: is of another {MANIFEST}"
        if record["public_key"]:
            key = Ed25519PublicKey.from_public_bytes(_hex(record["public_key"]))
            key.verify(_hex(record["signature"]), record["seal"].encode())
    except InvalidSignature:
        yield f"{name}: the signature is not of this key and text"
    except (ValueError, KeyError, TypeError, AttributeError):
        yield f"{name}: is no record of an edition"


def _hex(text: str) -> bytes:
    """Bytes of a hexadecimal text, which has one form only."""
    content = bytes.fromhex(text)
    if content.hex() != text:
        raise ValueError(text)
    return content


def _figures(edition: Place) -> Iterator[str]:
    """Scores from numerators and denominators, and all that follows from them."""
    method, manifest = (json.loads((edition / name).read_bytes()) for name in ("method.json", MANIFEST))
    rules = {
        rule["criterion"]: rule | {"group": group["group"]} for group in method["groups"] for rule in group["criteria"]
    }
    scores: dict[str, dict[str, Fraction]] = defaultdict(dict)
    ratios: Ratios = {}
    from_exports: set[str] = set()
    for row in _rows(edition / "indicators.csv"):
        unit, criterion = row["unit_code"], row["indicator"]
        if criterion == DOSSIERS and row["source"] == "exports":
            from_exports.add(unit)
        if criterion not in rules or not row["numerator"] or not row["denominator"]:
            if row["score"]:
                yield f"indicators.csv: {unit} {criterion} has a score and no figure"
            continue
        score = _score(Fraction(row["numerator"]), Fraction(row["denominator"]), rules[criterion])
        scores[unit][criterion] = score
        ratios[unit, criterion] = (Fraction(row["numerator"]), Fraction(row["denominator"]))
        if row["score"] != _plain(score):
            yield _differs("indicators.csv", f"{unit} {criterion}", row["score"], "figures", _plain(score))
    yield from _groups(edition, scores, rules)
    lacking = {
        row["unit_code"]: reason
        for row in _rows(edition / "completeness.csv")
        if row["unit_code"] in from_exports and (reason := _lacking(row, method["completeness"]))
    }
    yield from _ranking(edition, scores, ratios, lacking, rules, method, date.fromisoformat(manifest["period"]["end"]))


def _groups(edition: Place, scores: dict[str, dict[str, Fraction]], rules: dict[str, Any]) -> Iterator[str]:
    expected: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for unit, mine in scores.items():
        for criterion, score in mine.items():
            expected[unit, rules[criterion]["group"]] += score
    found = {(row["unit_code"], row["group_name"]): row["score"] for row in _rows(edition / "groups.csv")}
    for unit, group in sorted(expected.keys() | found.keys()):
        says, gives = found.get((unit, group), ""), _plain(expected[unit, group]) if (unit, group) in expected else ""
        if says != gives:
            yield _differs("groups.csv", f"{unit} {group}", says, "scores", gives)


def _ranking(
    edition: Place,
    scores: dict[str, dict[str, Fraction]],
    ratios: Ratios,
    lacking: dict[str, str],
    rules: dict[str, Any],
    method: dict[str, Any],
    period_end: date,
) -> Iterator[str]:
    rows = list(_rows(edition / "ranking.csv"))
    adjusted: dict[str, Fraction] = defaultdict(Fraction)
    for row in _rows(edition / "adjustments.csv"):
        adjusted[row["unit_code"]] += Fraction(row["points"])
    computed = {row["unit_code"]: sum(scores[row["unit_code"]].values(), Fraction()) for row in rows}
    totals = {unit: total + adjusted[unit] for unit, total in computed.items()}
    dossiers = {row["unit_code"]: ratios.get((row["unit_code"], DOSSIERS), (Fraction(), Fraction()))[1] for row in rows}
    highest = {
        row["unit_code"]: sum((Fraction(rules[each]["max_score"]) for each in scores[row["unit_code"]]), Fraction())
        for row in rows
    }
    reasons = {
        row["unit_code"]: _not_ranked(row, bool(dossiers[row["unit_code"]]), lacking.get(row["unit_code"], ""))
        for row in rows
    }
    ranked: dict[str, list[Fraction]] = defaultdict(list)
    for row in rows:
        if not reasons[row["unit_code"]]:
            ranked[row["ranked_level"]].append(totals[row["unit_code"]])
    for row in rows:
        unit = row["unit_code"]
        total, most, peers = totals[unit], highest[unit], ranked[row["ranked_level"]]
        better = [other for other in peers if other > total]
        place = 1 + len(set(better) if method["tie_rule"] == "dense" else better)
        is_ranked = not reasons[unit]
        says = {
            "dossiers": str(int(dossiers[unit])),
            "computed_total": _plain(computed[unit]),
            "adjustment": _plain(adjusted[unit]),
            "total": _plain(total),
            "max_attainable": _plain(most),
            "rank": str(place) if is_ranked else "",
            "ranked_units": str(len(peers)) if is_ranked else "",
            "band": _band(unit, total, most, ratios, method, period_end) if dossiers[unit] else "",
            "is_few_dossiers": str(dossiers[unit] < method["least_volume"]).lower(),
            "null_reason": reasons[unit],
        }
        for column, gives in says.items():
            if row[column].lower() != gives.lower():
                yield _differs("ranking.csv", f"{unit} {column}", row[column], "scores", gives)
    for unit in sorted(scores.keys() - {row["unit_code"] for row in rows}):
        yield f"ranking.csv: {unit} has scores and no line"
    yield from _moved(edition, {row["unit_code"]: row for row in rows})
    yield from _intervals(edition, {row["unit_code"]: row for row in rows if row["rank"]})


def _intervals(edition: Place, ranked: dict[str, Row]) -> Iterator[str]:
    """Every ranked unit has an interval of totals and of ranks, and stands in both; earlier editions have none."""
    if not (edition / "intervals.csv").is_file():
        return
    intervals = {row["unit_code"]: row for row in _rows(edition / "intervals.csv")}
    for unit in sorted(ranked.keys() ^ intervals.keys()):
        yield f"intervals.csv: {unit} " + ("is ranked and has no interval" if unit in ranked else "is not ranked")
    for unit in sorted(ranked.keys() & intervals.keys()):
        for column, low, high in (("rank", "rank_best", "rank_worst"), ("total", "score_low", "score_high")):
            stands, least, most = ranked[unit][column], intervals[unit][low], intervals[unit][high]
            if not Fraction(least) <= Fraction(stands) <= Fraction(most):
                yield f"intervals.csv: {unit} {column} {stands} is not between {low} {least} and {high} {most}"


def _moved(edition: Place, ranking: dict[str, Row]) -> Iterator[str]:
    """What the causes of a change add up to is the change, and it ends where the ranking stands."""
    name = next((each for each in ("revisions.csv", "changes.csv") if (edition / each).is_file()), None)
    if name is None:
        return
    parts: dict[str, Fraction] = defaultdict(Fraction)
    for row in _rows(edition / "decomposition.csv"):
        parts[row["unit_code"]] += Fraction(row["points"])
    for row in _rows(edition / name):
        unit, now = row["unit_code"], ranking.get(row["unit_code"], {})
        for column in ("total", "rank"):
            if row[column] != now.get(column, ""):
                yield _differs(name, f"{unit} {column}", row[column], "ranking", now.get(column, ""))
        if row["total"] and row["total_before"]:
            change = Fraction(row["total"]) - Fraction(row["total_before"])
            if parts.pop(unit, Fraction()) != change:
                yield f"decomposition.csv: the points of {unit} are not the change of its total"
    for unit in sorted(unit for unit, points in parts.items() if points):
        yield f"decomposition.csv: {unit} has points, and {name} knows no change of it"


def _differs(file: str, figure: str, says: str, parts: str, give: str) -> str:
    return f"{file}: {figure} says {says or 'nothing'}, its {parts} give {give or 'nothing'}"


def _score(numerator: Fraction, denominator: Fraction, rule: dict[str, Any]) -> Fraction:
    most = Fraction(rule["max_score"])
    if denominator <= 0:
        return most if rule["zero_denominator"] == "maximum" else Fraction()
    points = most * numerator * 100 / (denominator * Fraction(rule["full_at_percent"]))
    return min(most, Fraction(int(points * 100 + Fraction(1, 2)), 100))


def _band(unit: str, total: Fraction, most: Fraction, ratios: Ratios, method: dict[str, Any], on: date) -> str:
    """The highest class whose bound and conditions the unit meets."""
    reached = [
        (Fraction(band["lower_bound"]), str(band["band"]))
        for band in method["bands"]
        if date.fromisoformat(band["valid_from"]) <= on <= date.fromisoformat(band["valid_to"] or "9999-12-31")
        and most > 0
        and (total * 100 >= Fraction(band["lower_bound"]) * most or not Fraction(band["lower_bound"]))
        and all(_meets(ratios.get((unit, each["criterion"])), each["least_percent"]) for each in band["conditions"])
    ]
    return max(reached)[1] if reached else ""


def _not_ranked(row: Row, has_dossiers: bool, lacking: str) -> str:
    """Why a unit has no rank; when it was in force is no figure of the edition, and taken as it stands."""
    if not row["ranked_level"]:
        return "level_not_ranked"
    if row["null_reason"] == "not_in_force":
        return "not_in_force"
    return lacking if has_dossiers else "no_dossiers"


def _meets(ratio: tuple[Fraction, Fraction] | None, least: str) -> bool:
    return ratio is not None and ratio[1] > 0 and ratio[0] * 100 >= Fraction(least) * ratio[1]


def _lacking(row: Row, limits: dict[str, str]) -> str:
    """Why what a unit delivered is too little for a rank; empty where it is enough, or nothing to compare it with."""
    for reason, part, whole, least in (
        ("incomplete_deliveries", "deliveries_readable", "deliveries_due", "deliveries_percent"),
        ("incomplete_coverage", "dossiers_in_exports", "dossiers_on_portal", "coverage_percent"),
    ):
        if row[part] and row[whole] and Fraction(row[part]) * 100 < Fraction(limits[least]) * Fraction(row[whole]):
            return reason
    return ""


def _landed(edition: Place, landing: Place, destroyed: Collection[str]) -> Iterator[str]:
    """Landed bytes that are gone, or are no longer what the edition used."""
    for row in _rows(edition / "deliveries.csv"):
        if row["sha256"] in destroyed:
            continue
        file = landing / row["sha256"][:2] / row["sha256"]
        if not file.is_file():
            yield f"deliveries.csv: {row['path']}: its bytes are not in the landing"
        elif hashlib.sha256(file.read_bytes()).hexdigest() != row["sha256"]:
            yield f"deliveries.csv: {row['path']}: its landed bytes were changed"


def _rows(path: Place) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _plain(value: Fraction) -> str:
    return format((Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01")), "f")


def main() -> int:
    """Exit code 1 where something does not hold."""
    wrong = verify(Path(sys.argv[1]))
    print("\n".join(wrong) or "all holds")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
