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
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MANIFEST, SIGNATURE, APPROVAL = "manifest.json", "signature.json", "approval.json"
Row = dict[str, str]


def verify(edition: Path, landing: Path | None = None, destroyed: Collection[str] = ()) -> list[str]:
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


def _bytes(edition: Path) -> Iterator[str]:
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
    present = {path.relative_to(edition).as_posix() for path in edition.rglob("*") if path.is_file()}
    for name in sorted(present - set(listed) - {MANIFEST, SIGNATURE, APPROVAL}):
        yield f"{name}: the manifest does not know it"
    for name, known in sorted(listed.items()):
        if name not in present:
            yield f"{name}: is missing"
        elif hashlib.sha256((edition / name).read_bytes()).hexdigest() != known:
            yield f"{name}: is not the file that the manifest describes (another SHA-256)"
    for name in (SIGNATURE, *([APPROVAL] if APPROVAL in present else [])):
        yield from _record(edition, name, hashlib.sha256(content).hexdigest())


def _record(edition: Path, name: str, manifest: str) -> Iterator[str]:
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


def _figures(edition: Path) -> Iterator[str]:
    """Scores from numerators and denominators, and all that follows from them."""
    method, manifest = (json.loads((edition / name).read_bytes()) for name in ("method.json", MANIFEST))
    rules = {
        rule["criterion"]: rule | {"group": group["group"]} for group in method["groups"] for rule in group["criteria"]
    }
    scores: dict[str, dict[str, Fraction]] = defaultdict(dict)
    dossiers: dict[str, Fraction] = {}
    for row in _rows(edition / "indicators.csv"):
        unit, criterion = row["unit_code"], row["indicator"]
        if criterion == "PROCESSING_ON_TIME" and row["denominator"]:
            dossiers[unit] = Fraction(row["denominator"])
        if criterion not in rules or not row["numerator"] or not row["denominator"]:
            if row["score"]:
                yield f"indicators.csv: {unit} {criterion} has a score and no figure"
            continue
        score = _score(Fraction(row["numerator"]), Fraction(row["denominator"]), rules[criterion])
        scores[unit][criterion] = score
        if row["score"] != _plain(score):
            yield _differs("indicators.csv", f"{unit} {criterion}", row["score"], "figures", _plain(score))
    yield from _groups(edition, scores, rules)
    yield from _ranking(edition, scores, dossiers, rules, method, date.fromisoformat(manifest["period"]["end"]))


def _groups(edition: Path, scores: dict[str, dict[str, Fraction]], rules: dict[str, Any]) -> Iterator[str]:
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
    edition: Path,
    scores: dict[str, dict[str, Fraction]],
    dossiers: dict[str, Fraction],
    rules: dict[str, Any],
    method: dict[str, Any],
    period_end: date,
) -> Iterator[str]:
    rows = list(_rows(edition / "ranking.csv"))
    totals = {row["unit_code"]: sum(scores[row["unit_code"]].values(), Fraction()) for row in rows}
    highest = {
        row["unit_code"]: sum((Fraction(rules[each]["max_score"]) for each in scores[row["unit_code"]]), Fraction())
        for row in rows
    }
    ranked: dict[str, list[Fraction]] = defaultdict(list)
    for row in rows:
        if row["ranked_level"] and dossiers.get(row["unit_code"]):
            ranked[row["ranked_level"]].append(totals[row["unit_code"]])
    for row in rows:
        unit, level = row["unit_code"], row["ranked_level"]
        total, most = totals[unit], highest[unit]
        has_rank = bool(level and dossiers.get(unit))
        peers = ranked[level]
        says = {
            "total": _plain(total),
            "max_attainable": _plain(most),
            "rank": str(1 + sum(other > total for other in peers)) if has_rank else "",
            "ranked_units": str(len(peers)) if has_rank else "",
            "band": _band(total, most, method, period_end) if dossiers.get(unit) else "",
        }
        for column, gives in says.items():
            if row[column] != gives:
                yield _differs("ranking.csv", f"{unit} {column}", row[column], "scores", gives)
    for unit in sorted(scores.keys() - {row["unit_code"] for row in rows}):
        yield f"ranking.csv: {unit} has scores and no line"


def _differs(file: str, figure: str, says: str, parts: str, give: str) -> str:
    return f"{file}: {figure} says {says or 'nothing'}, its {parts} give {give or 'nothing'}"


def _score(numerator: Fraction, denominator: Fraction, rule: dict[str, Any]) -> Fraction:
    most = Fraction(rule["max_score"])
    if denominator <= 0:
        return most if rule["zero_denominator"] == "maximum" else Fraction()
    points = most * numerator * 100 / (denominator * Fraction(rule["full_at_percent"]))
    return min(most, Fraction(int(points * 100 + Fraction(1, 2)), 100))


def _band(total: Fraction, most: Fraction, method: dict[str, Any], on: date) -> str:
    reached = [
        (Fraction(band["lower_bound"]), str(band["band"]))
        for band in method["bands"]
        if date.fromisoformat(band["valid_from"]) <= on <= date.fromisoformat(band["valid_to"] or "9999-12-31")
        and most > 0
        and total * 100 >= Fraction(band["lower_bound"]) * most
    ]
    return max(reached)[1] if reached else ""


def _landed(edition: Path, landing: Path, destroyed: Collection[str]) -> Iterator[str]:
    """Landed bytes that are gone, or are no longer what the edition used."""
    for row in _rows(edition / "deliveries.csv"):
        if row["sha256"] in destroyed:
            continue
        file = landing / row["sha256"][:2] / row["sha256"]
        if not file.is_file():
            yield f"deliveries.csv: {row['path']}: its bytes are not in the landing"
        elif hashlib.sha256(file.read_bytes()).hexdigest() != row["sha256"]:
            yield f"deliveries.csv: {row['path']}: its landed bytes were changed"


def _rows(path: Path) -> Iterator[Row]:
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
