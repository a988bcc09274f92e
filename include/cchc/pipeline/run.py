"""The whole main job in one call: what ``cchc run`` does."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from cchc import land
from cchc.contracts import Result
from cchc.extract import run_steps
from cchc.ledger import Ledger, open_ledger
from cchc.load import open_warehouse
from cchc.model.dbt import Process, waiting_dbt
from cchc.pipeline.alone import RUN, in_turn, is_held
from cchc.pipeline.build import build
from cchc.pipeline.collect import Collected, collect
from cchc.pipeline.destroy import finish as finish_destruction
from cchc.pipeline.judge import Batch, Judged, plan_batches
from cchc.pipeline.judging import judge_batches
from cchc.pipeline.load import load_judged
from cchc.pipeline.runs import recorded
from cchc.pipeline.share import Share, first_refused
from cchc.registry.importer import import_reference
from cchc.registry.open import Registry, open_registry
from cchc.settings import Settings
from cchc.shelf import Place, workplace
from cchc.surroundings import AGAIN
from cchc.validate.verdict import seconds_waited, warm_up

Say = Callable[[str, str], None]
_A_DAY = 86_400.0  # in seconds


@contextmanager
def sole_run(settings: Settings) -> Iterator[None]:
    """Only one run at a time works in a folder; the lock goes with the process, however it ends.

    A slice of a back-fill that works there is waited for: nothing else of it begins first.
    """
    with in_turn(settings.workdir, f"another run is working in {settings.workdir}; {AGAIN}"):
        yield


def place(settings: Settings) -> str:
    """Machine and folder: where ``sole_run`` lets one run work at a time."""
    return f"{socket.gethostname()}:{settings.workdir}"


def is_running(settings: Settings) -> bool:
    """Whether a run works in the folder now; looks without waiting, and changes nothing."""
    return is_held(settings.workdir, RUN)


@dataclass
class Summary:
    """What a run did. ``seconds`` by stage; ``startup`` holds what is only imports and parsing."""

    new: int = 0
    repeats: int = 0
    strays: int = 0
    units: int = 0
    results: list[Result] = field(default_factory=list)
    failed_units: list[tuple[str, str, str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    startup: dict[str, float] = field(default_factory=dict)
    pages: list[Path] = field(default_factory=list)
    quality: Place | None = None

    def counts(self) -> dict[str, int]:
        """Files and rows, as the ledger has them."""
        totals = {"files_new": self.new, "files_repeated": self.repeats, "strays": self.strays}
        totals["files_accepted"] = sum(result.outcome == "accepted" for result in self.results)
        totals["files_refused"] = sum(result.outcome == "refused" for result in self.results)
        for name in ("rows_read", "rows_accepted", "rows_quarantined", "rows_duplicate"):
            totals[name] = sum(getattr(result, name) for result in self.results)
        return totals

    def share(self) -> Share:
        """What of the run failed, for the rule that both doors share."""
        refused = sum(result.outcome == "refused" for result in self.results)
        return Share(self.units, self.failed_units, len(self.results), refused, first_refused(self.results))


def use_reference(settings: Settings, reference: Path | None) -> Registry:
    """The registry of a run; with a reference folder it is imported into the working folder first."""
    if reference is not None:
        import_reference(reference, settings.workdir / "registry")
    return open_registry(settings.registry_dir)


def ingest(
    settings: Settings,
    registry: Registry,
    ledger: Ledger,
    day_from: date,
    day_to: date,
    say: Say | None = None,
    systems: list[str] | None = None,
    units: list[str] | None = None,
    look: bool = True,
    recheck: bool = False,
    found: Callable[[], None] = lambda: None,
) -> Summary:
    """Extract to load for a range of export dates. Safe to repeat: what a killed run left is judged again.

    Without ``look`` no source is asked: only what has landed and is not decided is judged. With ``recheck`` every file
    is fetched, also one that does not look changed. ``found`` hears, before judging begins, that there is something
    to judge.
    """
    say = say or (lambda stage, text: None)
    summary = Summary()
    _sweep(settings)
    finish_destruction(settings, ledger)
    _warm_up(settings)
    clock = time.perf_counter()
    steps: list[str | None] = [*run_steps(settings.schedule)] if settings.schedule else [None]
    for step in steps if look else []:
        seen = collect(settings, registry, ledger, day_from, day_to, systems, units, step, recheck)
        _add(summary, seen)
        when = f" ({step.split('#')[0]})" if step else ""
        say("collect", f"{seen.new} new, {seen.repeats} repeated, {seen.strays} stray{when}")
    summary.seconds["collect"] = time.perf_counter() - clock
    batches = plan_batches(settings, registry, ledger.undecided())
    if batches:
        found()
    folder = settings.staged / str(time.time_ns())
    clock, waited = time.perf_counter(), seconds_waited()

    def ended(batch: Batch, done: Judged) -> None:
        rows = sum(result.rows_read for result in done.results)
        what = f"{batch.dataset}/{batch.dialect}, {len(batch.revisions)} files, {rows:,} rows"
        say("judge", f"batch {batch.number + 1} of {len(batches)}: {what}")

    judged, summary.quality = judge_batches(settings, registry, batches, folder, ledger.waivers(), ended)
    summary.startup["great_expectations"] = seconds_waited() - waited
    summary.seconds["judge"] = time.perf_counter() - clock - summary.startup["great_expectations"]
    clock = time.perf_counter()
    if judged:
        with open_warehouse(settings) as warehouse:
            summary.results = load_judged(warehouse, ledger, judged)
    if isinstance(folder, Path):
        shutil.rmtree(folder, ignore_errors=True)  # of a store its files were all
    summary.seconds["load"] = time.perf_counter() - clock
    totals = summary.counts()
    say("load", f"{totals['rows_accepted']:,} rows accepted, {totals['rows_quarantined']:,} quarantined")
    return summary


def run(
    settings: Settings,
    reference: Path | None,
    day_from: date,
    day_to: date,
    say: Say | None = None,
    pages: bool = True,
    recheck: bool = False,
) -> Summary:
    """Everything: exports in, ranking out. The ledger keeps the run with its counts."""
    with sole_run(settings):
        return _run(settings, reference, day_from, day_to, say or (lambda stage, text: None), pages, recheck)


def _run(
    settings: Settings, reference: Path | None, day_from: date, day_to: date, say: Say, pages: bool, recheck: bool
) -> Summary:
    registry = use_reference(settings, reference)
    ledger = open_ledger(settings.ledger)
    with recorded(ledger, "run", day_from, day_to, place(settings)) as counts:
        with ExitStack() as stack:
            waiting: list[Process] = []

            def start() -> None:
                waiting.append(stack.enter_context(waiting_dbt(settings)))  # its start is over before rows are loaded

            summary = ingest(settings, registry, ledger, day_from, day_to, say, recheck=recheck, found=start)
            finish(settings, registry, ledger, summary, say, pages, waiting[0] if waiting else None)
        counts |= summary.counts()
        summary.share().check(settings.fail_share)
    return summary


def finish(
    settings: Settings,
    registry: Registry,
    ledger: Ledger,
    summary: Summary,
    say: Say,
    pages: bool = True,
    waiting: Process | None = None,
) -> None:
    """Build and publish."""
    clock = time.perf_counter()
    if pages:  # imported while the models are built, which leaves a processor half idle
        threading.Thread(target=import_module, args=["cchc.pipeline.publishing"], daemon=True).start()

    def progress(index: int, total: int, name: str) -> None:
        if index == total or index % 20 == 0:
            say("build", f"{index} of {total} models and tests")

    built = build(settings, registry, ledger, progress, waiting=waiting)
    spent = time.perf_counter() - clock
    summary.startup["dbt"] = built.startup_seconds if built else 0.0
    summary.seconds["build"] = spent - summary.startup["dbt"]
    if built is None:
        say("build", "nothing changed")
    clock = time.perf_counter()
    if pages:
        from cchc.pipeline.publishing import publish_report

        summary.pages = publish_report(settings)
        say("publish", f"{len(summary.pages)} pages")
    summary.seconds["publish"] = time.perf_counter() - clock


def _add(summary: Summary, seen: Collected) -> None:
    summary.new += seen.new
    summary.repeats += seen.repeats
    summary.strays += seen.strays
    summary.units += seen.units
    summary.failed_units += seen.failed


def _sweep(settings: Settings) -> None:
    """Throw away what a killed run left half done: the ledger still has those files as undecided.

    On a shelf of its own others may be working: there what is old goes, with ``cchc tidy``, and half files of landing
    after a day.
    """
    if settings.store:
        land.sweep(settings.landing, _A_DAY)
        return
    shutil.rmtree(settings.workdir / "staged", ignore_errors=True)
    land.sweep(settings.landing)


def _warm_up(settings: Settings) -> None:
    """Import Great Expectations while files are fetched and read; it takes seconds and needs no result of theirs."""

    def warm() -> None:
        with suppress(OSError):  # no right or no room: judging, which needs it, says so
            warm_up(workplace(settings.quality))

    threading.Thread(target=warm, daemon=True).start()


def as_json(summary: Summary) -> dict[str, Any]:
    """Counts and seconds, for machines."""
    return {"counts": summary.counts(), "seconds": summary.seconds, "startup": summary.startup}
