"""Load judged batches into the warehouse, then tell the ledger: a crash between the two repeats the load."""

from __future__ import annotations

import time
from collections.abc import Sequence

from cchc.contracts import Judged, Result
from cchc.ledger import Ledger
from cchc.load import Load, Warehouse


def load_judged(warehouse: Warehouse, ledger: Ledger, judged: Sequence[Judged]) -> list[Result]:
    """Load what was judged and record how every revision ended; returns the results."""
    results = [result for batch in judged for result in batch.results]
    if not results:
        return []
    standing = ledger.standing(results)
    load = Load(revisions=standing.in_force, replaced=standing.replaced, discarded=standing.discarded)
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
    return results
