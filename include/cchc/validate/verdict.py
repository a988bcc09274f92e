"""Run a suite over a batch with Great Expectations (pandas engine: the one that returns the key of every failing row).

Great Expectations is imported when first used: it takes seconds, and most commands need none of it.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from cchc.shelf import Place, workplace
from cchc.validate.front_page import run_name, write_front_page
from cchc.validate.proof import certain_sql, types_of_rows
from cchc.validate.suites import Rule, load_rules, read_suite

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger("cchc.validate")

#: So many certain rows are judged beside those that are not: what SQL says is held against the suite each time.
WITNESSES = 500
#: A context of Great Expectations is not made for several threads.
_one_at_a_time = threading.Lock()
_waits: list[float] = []  # of the first validation of this process, for Great Expectations to start


@dataclass
class Verdicts:
    """What a batch got. ``failed``: row id -> rules broken, in the suite's order. ``warned``: rule -> row ids."""

    failed: dict[int, list[str]] = field(default_factory=dict)
    warned: dict[str, list[int]] = field(default_factory=dict)


@lru_cache(maxsize=1)
def context(quality: Path | None) -> Any:
    """The Great Expectations context of this process; with a folder, its Data Docs go there."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    logging.getLogger("great_expectations.data_context.store").setLevel(logging.ERROR)
    made: Any = gx.get_context(mode="ephemeral")
    made.variables.progress_bars = {"globally": False}
    if quality is not None:
        site = {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(quality),
            },
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        }
        if "quality" in made.get_site_names():
            made.update_data_docs_site("quality", site)
        else:
            made.add_data_docs_site("quality", site)
        for name in [name for name in made.get_site_names() if name != "quality"]:
            made.delete_data_docs_site(name)
    return made


def warm_up(quality: Path | None) -> None:
    """Import Great Expectations and make its context, while others work; the first validation waits for it."""
    with _one_at_a_time:
        context(quality)


def seconds_waited() -> float:
    """How long the first validation of this process waited for Great Expectations to start."""
    return sum(_waits)


@lru_cache(maxsize=16)
def _definition(directory: Path, dataset: str, quality: Path | None) -> Any:
    from great_expectations.core import ExpectationSuite, ValidationDefinition

    ctx = context(quality)
    suite = ctx.suites.add(ExpectationSuite(**read_suite(directory, dataset)))
    source = ctx.data_sources.add_or_update_pandas(dataset)
    batch = source.add_dataframe_asset(dataset).add_batch_definition_whole_dataframe("batch")
    return ctx.validation_definitions.add(ValidationDefinition(name=dataset, data=batch, suite=suite))


def run_suite(
    con: duckdb.DuckDBPyConnection, dataset: str, expectations: Path, quality: Path | None = None
) -> Verdicts:
    """Judge the rows of the table ``rows`` in ``con``.

    Great Expectations is handed the rows of which SQL made of the suite does not prove that they keep every rule, and
    some of the others as witnesses: where it finds fault with one of those, it is handed all rows.
    Only the columns the suite names are handed over, and none of them is personal, so neither a result nor Data Docs
    can hold more than codes, dates and counts.
    """
    rules = load_rules(expectations, dataset)
    rows = con.execute("select count(*) from rows").fetchall()[0][0]
    if not rows:
        return Verdicts()
    certain = certain_sql(read_suite(expectations, dataset), types_of_rows(con)) or "false"
    columns = ", ".join(sorted({column for rule in rules for column in rule.columns}))
    frame = con.execute(f"""
        select rid, {columns}, ({certain}) is true as is_certain from rows
        where ({certain}) is not true or rid % {-(-rows // WITNESSES)} = 0
    """).df()
    witnesses = {int(rid) for rid in frame["rid"][frame.pop("is_certain")]}
    broken = _broken(dataset, frame, rows, expectations, quality)
    if wrong := {id_ for id_, rids in broken.items() if not witnesses.isdisjoint(rids)}:
        log.error("%s: %s, proven in SQL, does not hold: all rows are judged again", dataset, ", ".join(sorted(wrong)))
        frame = con.execute(f"select rid, {columns} from rows").df()
        broken = _broken(dataset, frame, rows, expectations, quality)
    return _verdicts(rules, broken)


def _broken(
    dataset: str, frame: pd.DataFrame, rows: int, expectations: Path, quality: Path | None
) -> dict[str, list[int]]:
    """By id of an expectation, the row ids that break it. ``rows``: how many the batch has, of which these are some."""
    since = time.perf_counter()
    with _one_at_a_time:
        context(quality)
        if not _waits:
            _waits.append(time.perf_counter() - since)
        from great_expectations.core.run_identifier import RunIdentifier

        result = _definition(expectations, dataset, quality).run(
            batch_parameters={"dataframe": frame},
            result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["rid"]},
            run_id=RunIdentifier(run_name=run_name(rows, len(frame)), run_time=datetime.now(UTC)),
        )
    broken: dict[str, list[int]] = {}
    for outcome in result.results:
        if outcome.exception_info and _raised(outcome.exception_info):
            raise RuntimeError(f"suite {dataset}: {_raised(outcome.exception_info)}")
        found = outcome.result.get("unexpected_index_list") or []
        broken[outcome.expectation_config.meta["id"]] = [int(entry["rid"]) for entry in found]
    return broken


def _verdicts(rules: list[Rule], broken: dict[str, list[int]]) -> Verdicts:
    verdicts = Verdicts()
    failed: dict[int, list[str]] = defaultdict(list)
    for rule in rules:
        if rule.severity == "warn":
            if broken[rule.id]:
                verdicts.warned[rule.rule] = broken[rule.id]
            continue
        for rid in broken[rule.id]:
            if rule.rule not in failed[rid]:
                failed[rid].append(rule.rule)
    verdicts.failed = dict(failed)
    return verdicts


def build_docs(quality: Place, expectations: Path) -> Place | None:
    """Build Data Docs from the validations of this process; returns the front page, None where there were none.

    What belongs in a store is built on this machine (``shelf.workplace``) and put there.
    """
    if not _definition.cache_info().currsize:
        return None
    context(workplace(quality)).build_data_docs(site_names=["quality"])
    return write_front_page(quality, expectations)


def _raised(info: dict[str, Any]) -> str:
    """The message of an expectation that could not run (an error of ours, not of the data)."""
    if info.get("raised_exception"):
        return str(info.get("exception_message"))
    for inner in info.values():
        if isinstance(inner, dict) and inner.get("raised_exception"):
            return str(inner.get("exception_message"))
    return ""
