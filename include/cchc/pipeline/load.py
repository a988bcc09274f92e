"""Load judged batches into the warehouse, then tell the ledger, then let go of the staged files.

A crash before the ledger knows repeats the load; an attempt that is made again after it (a task whose success nobody
heard of) finds nothing to do.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from cchc.contracts import Judged, Result
from cchc.ledger import Ledger
from cchc.load import Load, Warehouse


def load_judged(warehouse: Warehouse, ledger: Ledger, judged: Sequence[Judged]) -> list[Result]:
    """Load what was judged and record how every revision ended; returns the results, also of what was loaded before.

    A revision that two workers judged is loaded once: what shares one with an earlier batch waits for a load of its
    own, which replaces by revision and lets go of what nobody waits for any more.
    """
    first, later = _apart(judged)
    results = _load(warehouse, ledger, first)
    if later:
        taken = {result.revision.id for result in results}
        results += [each for each in load_judged(warehouse, ledger, later) if each.revision.id not in taken]
    return results


def _apart(judged: Sequence[Judged]) -> tuple[list[Judged], list[Judged]]:
    """Batches without a revision in common, and the others."""
    taken: set[str] = set()
    first: list[Judged] = []
    later: list[Judged] = []
    for batch in judged:
        mine = {result.revision.id for result in batch.results}
        (later if mine & taken else first).append(batch)
        taken |= mine
    return first, later


def _load(warehouse: Warehouse, ledger: Ledger, judged: Sequence[Judged]) -> list[Result]:
    everything = [result for batch in judged for result in batch.results]
    if not everything:
        return []
    waiting = {revision.id for revision in ledger.undecided()}
    judged = [batch for batch in judged if any(result.revision.id in waiting for result in batch.results)]
    results = [result for batch in judged for result in batch.results]
    if not results:
        return everything
    standing = ledger.standing(results)
    days = [result.revision.key.export_date for result in results]  # what is replaced is of the same deliveries
    load = Load({}, standing.in_force, standing.replaced, standing.discarded, (min(days), max(days)))
    for batch in judged:
        for table, paths in batch.files.items():
            load.files.setdefault(table, []).extend(paths)
    started = time.perf_counter()
    warehouse.load(load)
    spent = int((time.perf_counter() - started) * 1000) // len(results)
    for result in results:
        if result.outcome == "accepted":
            result.stage_ms["load"] = spent
    ledger.warn_short_deliveries(results)
    ledger.record_results(results)
    for batch in judged:
        for paths in batch.files.values():
            for path in paths:
                path.unlink(missing_ok=True)
    return everything
