"""``cchc verify --landing``: an edition's figures beside those that its landed files give."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from cchc.cli.progress import console, print_table
from cchc.recount import Recounted, recount
from cchc.settings import Settings
from cchc.shelf import Place
from cchc.table_file import write_csv

_COLUMNS = ("unit", "indicator", "source", "verdict", "says", "gives", "why")
#: Files and figures named one by one; the CSV file has them all.
_NAMED = 20


def recount_edition(settings: Settings, edition: Place, landing: Place, out: Path | None) -> list[str]:
    """Hash and recount, and say what came of it; returns what does not hold."""
    from cchc.ledger import open_ledger
    from cchc.registry.open import open_registry
    from cchc.verify import verify

    destroyed, waivers = {}, set()
    if settings.ledger_url or (settings.workdir / "ledger.sqlite").is_file():  # looking makes no ledger
        ledger = open_ledger(settings.ledger)
        destroyed = {sha256: each.said for sha256, each in ledger.destructions().items()}
        waivers = ledger.waivers()
    if wrong := verify(edition, landing, destroyed):
        return wrong
    found = recount(settings, open_registry(settings.registry_dir), edition, landing, destroyed, waivers)
    if out is not None:
        write_csv(out, _COLUMNS, ([getattr(each, name) for name in _COLUMNS] for each in found.compared))
        console.print(f"Written: {out}", highlight=False, soft_wrap=True)
    if found.compared:
        _show(found)
    return found.findings


def _show(found: Recounted) -> None:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for each in found.compared:
        counts.setdefault((each.indicator, each.source), Counter())[each.verdict] += 1
    print_table(
        "Recounted from landed files",
        ["indicator", "source", "units equal", "units that differ", "not recounted"],
        [[*key, n["equal"], n["differs"], n["not_recounted"]] for key, n in sorted(counts.items())],
    )
    for path in found.destroyed[:_NAMED]:
        console.print(f"destroyed by law: {path}", highlight=False, markup=False, soft_wrap=True)
    if len(found.destroyed) > _NAMED:
        console.print(f"and {len(found.destroyed) - _NAMED:,} more destroyed by law", highlight=False)
    left = [each for each in found.compared if each.verdict == "not_recounted"]
    for each in left[:_NAMED]:
        console.print(f"not recounted: {each.sentence}", highlight=False, markup=False, soft_wrap=True)
    if len(left) > _NAMED:
        console.print(f"and {len(left) - _NAMED:,} more not recounted: --out FILE.csv names them all", highlight=False)
