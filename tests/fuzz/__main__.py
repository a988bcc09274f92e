"""Mutate files, let the product judge them, and compare with what their senders meant.

    make fuzz                                            10,000 files
    make fuzz FILES=500 SEED=7                           other files, fewer of them
    PYTHONPATH=tests .venv/bin/python -m fuzz --seed 7 --only 131      one file again, with everything about it

A file that fails is kept, with its seed and number and what is wrong; the same seed and number make it again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from fuzz.contract import FORMS
from fuzz.make import case
from fuzz.meant import Case
from fuzz.product import Answer, Product
from fuzz.verdict import Fault, faults

CHUNK, BATCH = 1500, 200  # files made at a time, files judged at once
MOST_SHOWN = 4


class Findings:
    """What was found, by dialect, kind of fault and place; the first files of each are kept."""

    def __init__(self, seed: int, keep: Path) -> None:
        self.seed, self.keep = seed, keep
        self.outcomes: Counter[str] = Counter()
        self.files = 0
        self.faulty = 0
        self.groups: dict[tuple[str, str, str], list[tuple[Case, Fault]]] = defaultdict(list)

    def add(self, judged: Case, answer: Answer) -> None:
        """Judge one answer."""
        self.files += 1
        self.outcomes[answer.outcome if not answer.warnings else f"{answer.outcome}, with warnings"] += 1
        found = faults(judged, answer)
        self.faulty += bool(found)
        for fault in found:
            self.groups[judged.form.dialect, fault.kind, fault.where].append((judged, fault))
        if found:
            folder = self.keep / f"{self.seed}-{judged.number}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / judged.name).write_bytes(judged.content)
            (folder / "why.txt").write_text(self.told(judged, answer), encoding="utf-8")

    def told(self, judged: Case, answer: Answer) -> str:
        """Everything about one file."""
        lines = [f"python -m fuzz --seed {self.seed} --only {judged.number}", f"form: {judged.form}"]
        lines += [f"changes: {judged.changes}", "faults:"]
        lines += [f"  {fault.kind} {fault.where}: {fault.found}" for fault in faults(judged, answer)]
        counts = (answer.read, answer.accepted, answer.quarantined, answer.duplicate)
        lines.append(f"answer: {answer.outcome} {answer.reason or ''} {answer.detail} {counts} {answer.warnings}")
        lines += ["meant:", *(f"  {row}" for row in judged.meant.rows)]
        lines += ["taken:", *(f"  {row}" for row in answer.rows), "held:", *(f"  {row}" for row in answer.held)]
        return "\n".join([*lines, answer.raised, answer.log if len(answer.log) < 4000 else ""])

    def report(self) -> str:
        """One line a finding, the most frequent first."""
        lines = [
            f"{self.files:,} files of seed {self.seed}: " + ", ".join(f"{n:,} {o}" for o, n in self.outcomes.items())
        ]
        for (dialect, kind, where), found in sorted(self.groups.items(), key=lambda item: -len(item[1])):
            by_changes = Counter(" + ".join(one.changes) or "untouched" for one, _ in found)
            simplest = min(found, key=lambda pair: len(pair[0].changes))
            numbers = ", ".join(str(n) for n in sorted({one.number for one, _ in found})[:MOST_SHOWN])
            changes = ", ".join(f"{name} {count}" for name, count in by_changes.most_common(MOST_SHOWN))
            lines.append(f"{len(found):5} {dialect}: {kind} {where} | {changes} | numbers {numbers}")
            if simplest[1].found:
                lines.append(f"      {simplest[0].number}: {simplest[1].found[:150]}")
        lines.append(f"{self.faulty:,} files with faults" + (f", kept in {self.keep}" if self.faulty else ""))
        return "\n".join(lines)


def batches(cases: list[Case]) -> Iterator[list[Case]]:
    """Files of one dataset and dialect, so many at a time."""
    groups: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for each in cases:
        groups[each.form.dataset, each.form.dialect].append(each)
    for members in groups.values():
        for start in range(0, len(members), BATCH):
            yield members[start : start + BATCH]


def fuzz(files: int, seed: int, keep: Path, only: list[int] | None = None, forms: list[str] | None = None) -> Findings:
    """Judge files 0 to ``files`` of a seed (or ``only`` some), of all forms or of those that are named."""
    findings = Findings(seed, keep)
    numbers = only if only is not None else list(range(files))
    chosen = [form for form in FORMS if not forms or form.name in forms]
    with Product() as product:
        for start in range(0, len(numbers), CHUNK):
            made = [case(seed, number, chosen) for number in numbers[start : start + CHUNK]]
            for members in batches(made):
                for one, answer in zip(members, product.judge(members), strict=True):
                    findings.add(one, answer)
                    if only is not None:
                        print(findings.told(one, answer))
            print(f"{findings.files:,} files, {findings.faulty:,} with faults", file=sys.stderr)
    return findings


def main() -> int:
    """Exit code 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=766)
    parser.add_argument("--keep", type=Path, default=Path("var/fuzz"), help="folder for the files that fail")
    parser.add_argument("--only", type=int, nargs="+", help="only files of these numbers, each told in full")
    parser.add_argument("--form", nargs="+", choices=[form.name for form in FORMS], help="only these forms")
    options = parser.parse_args()
    since = time.monotonic()
    findings = fuzz(options.files, options.seed, options.keep, options.only, options.form)
    print(findings.report())
    print(f"{time.monotonic() - since:.0f} s")
    return 1 if findings.faulty else 0


if __name__ == "__main__":
    sys.exit(main())
