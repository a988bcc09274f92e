"""The whole stage over a batch: judge the rows, take back what was waived, part the rows, and say how much it was."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import duckdb

from cchc.contracts import Batch, Result
from cchc.shelf import Place
from cchc.validate.split import split_rows, waive
from cchc.validate.verdict import run_suite

log = logging.getLogger("cchc.validate")


def validate(
    con: duckdb.DuckDBPyConnection,
    batch: Batch,
    results: dict[int, Result],
    folder: Place,
    waivers: set[tuple[str, int, str]],
    expectations: Path,
    quality: Path | None = None,
) -> dict[str, list[Place]]:
    """Judge the rows of the table ``rows`` in ``con`` and part them; returns the Parquet files by raw table.

    ``results`` (by file number) get their counts and warnings; ``waivers`` are (sha256, row number, rule).
    """
    started = time.perf_counter()
    verdicts = run_suite(con, batch.dataset, expectations, quality)
    waive(con, batch, verdicts, waivers, expectations)
    files = split_rows(con, batch, verdicts, results, folder)
    _log(batch, results, Counter(rules[0] for rules in verdicts.failed.values()), time.perf_counter() - started)
    return files


def _log(batch: Batch, results: Mapping[int, Result], held: Mapping[str, int], seconds: float) -> None:
    """A row that breaks several rules counts under the first, as in quarantine; a warning counts its files."""
    read = sum(result.rows_read for result in results.values())
    repeated = sum(result.rows_duplicate for result in results.values())
    warned = Counter(warning for result in results.values() for warning in set(result.warnings))
    rules = f" ({_listed(held)})" if held else ""
    said = f"{read:,} rows, {sum(held.values()):,} quarantined{rules}, {repeated:,} duplicate"
    said += f", warnings by file: {_listed(warned)}" if warned else ""
    log.info("%s/%s: %s, %.1f s", batch.dataset, batch.dialect, said, seconds)
    for result in results.values():
        if result.rows_quarantined or result.warnings:
            of_file = ", ".join(sorted(set(result.warnings))) or "no warnings"
            log.debug("%s: %d quarantined, %s", result.revision.path, result.rows_quarantined, of_file)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{code} {count:,}" for code, count in sorted(counts.items()))
