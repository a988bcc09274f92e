"""Load judged batches into the warehouse, then tell the ledger: a crash between the two repeats the load."""

from __future__ import annotations

import time
from collections.abc import Sequence

from cchc.contracts import DeliveryKey, Judged, Result
from cchc.ledger import Ledger
from cchc.load import Load, Warehouse


def store(warehouse: Warehouse, ledger: Ledger, judged: Sequence[Judged]) -> list[Result]:
    """Load what was judged and record how every revision ended; returns the results."""
    results = [result for batch in judged for result in batch.results]
    if not results:
        return []
    load = Load()
    for batch in judged:
        for table, paths in batch.files.items():
            load.files.setdefault(table, []).extend(paths)
    _choose(load, ledger, results)
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


def _choose(load: Load, ledger: Ledger, results: Sequence[Result]) -> None:
    """Of each delivery the newest readable revision is in force; the rows of every other one must go."""
    days = [result.revision.key.export_date for result in results]
    readable: dict[DeliveryKey, dict[int, str]] = {}
    for row in ledger.find(day_from=min(days), day_to=max(days), outcome="accepted"):
        key = DeliveryKey(row["system"], row["unit"], row["export_date"], row["dataset"])
        readable.setdefault(key, {})[row["revision"]] = row["id"]
    touched: dict[DeliveryKey, set[str]] = {}
    for result in results:
        key = result.revision.key
        touched.setdefault(key, set()).add(result.revision.id)
        if result.outcome == "accepted":
            readable.setdefault(key, {})[result.revision.number] = result.revision.id
        else:
            readable.get(key, {}).pop(result.revision.number, None)
    for key, mine in touched.items():
        revisions = readable.get(key, {})
        newest = revisions[max(revisions)] if revisions else None
        others = (set(revisions.values()) | mine) - {newest}
        if newest in mine:
            load.revisions.add(newest)
            load.replaced |= others - mine
        load.discarded |= others & mine
