"""The stages as commands, from run, ingest and build to trail, explain and whatif."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cchc.cli import options as o
from cchc.cli.progress import console, print_table, speaker

if TYPE_CHECKING:
    from cchc.pipeline.run import Summary


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (
        run,
        ingest,
        build,
        status,
        watch,
        trail,
        rank,
        explain,
        restated,
        actions,
        integrity,
        reconcile,
        form,
        whatif,
        score,
        demo,
    ):
        app.command()(command)


def run(
    day_from: o.From,
    day_to: o.To,
    exports: o.Exports = None,
    reference: Annotated[
        Path | None,
        typer.Option(help="Folder with units, procedures, systems, headings and labels CSV: imported as the registry."),
    ] = None,
    workdir: o.Workdir = None,
    schedule: o.Schedule = None,
    recheck: o.Recheck = False,
    pages: Annotated[bool, typer.Option(help="Write the report pages at the end.")] = True,
    measures: Annotated[Path | None, typer.Option("--json", help="Also write counts and seconds to this file.")] = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = 0,
) -> None:
    """Do everything: extract, land, read, validate, load, model, score, publish.

    Safe to repeat: nothing is counted twice, and what a killed run left is finished.
    """
    import json

    from cchc.engines import engine_of
    from cchc.pipeline.run import as_json
    from cchc.pipeline.run import run as run_all

    settings = o.settings(workdir, exports, schedule)
    summary = run_all(settings, reference, day_from.date(), day_to.date(), speaker(quiet), pages, recheck)
    if measures is not None:
        measures.write_text(json.dumps(as_json(summary), indent=1) + "\n", encoding="utf-8")
    totals = summary.counts()
    print_table("Run", ["what", "count"], [[name.replace("_", " "), count] for name, count in totals.items()])
    _say_failed(summary)
    spent = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in summary.seconds.items())
    idle = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in summary.startup.items())
    console.print(f"Time: {spent}; start-up: {idle}", highlight=False)
    console.print(f"Warehouse: {engine_of(settings).said}", highlight=False)
    if summary.pages:
        console.print(f"Report:    {settings.reports / 'index.html'}", highlight=False)
    console.print(f"Quality:   {settings.quality / 'index.html'}", highlight=False)
    console.print("Next: cchc status, cchc quarantine list, cchc export indicators --out FILE.csv", highlight=False)


def ingest(
    day_from: o.From,
    day_to: o.To,
    exports: o.Exports = None,
    system: o.System = None,
    unit: o.Unit = None,
    replay: Annotated[bool, typer.Option(help="Judge what has landed once more, under today's registry.")] = False,
    recheck: o.Recheck = False,
    workdir: o.Workdir = None,
    schedule: o.Schedule = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = 0,
) -> None:
    """Extract to load for a range of export dates, a system or a unit."""
    from cchc.ledger import open_ledger
    from cchc.pipeline.run import ingest as ingest_range
    from cchc.pipeline.run import sole_run
    from cchc.pipeline.runs import recorded
    from cchc.registry.open import open_registry

    settings = o.settings(workdir, exports, schedule)
    ledger = open_ledger(settings.ledger)
    if replay:
        count = ledger.reopen(day_from.date(), day_to.date(), system, unit)
        console.print(f"{count} file revisions will be judged again", highlight=False)
        for path, gone in ledger.beyond_replay(day_from.date(), day_to.date(), system, unit):
            said = f"{path} stays as it was judged: its bytes were destroyed by law ({gone.said})"
            console.print(said, highlight=False, markup=False, soft_wrap=True)
    only = ([system] if system else None, [unit] if unit else None)
    days = (day_from.date(), day_to.date())
    whole = not (system or unit or replay)  # of a part, somebody sees the end of it
    record: AbstractContextManager[dict[str, Any]] = nullcontext({})
    if whole:
        record = recorded(ledger, "ingest", *days)
    with sole_run(settings), record as counts:
        registry = open_registry(settings.registry_dir)
        summary = ingest_range(settings, registry, ledger, *days, speaker(quiet), *only, recheck=recheck)
        _show_ingested(summary)
        counts |= summary.counts()
        summary.share().check(settings.fail_share)


def _show_ingested(summary: Summary) -> None:
    print_table("Ingest", ["what", "count"], [[k.replace("_", " "), v] for k, v in summary.counts().items()])
    _say_failed(summary)
    if summary.quality is not None:
        console.print(f"Quality: {summary.quality}", highlight=False, soft_wrap=True)
    console.print("Next: cchc build", highlight=False)


def build(
    workdir: o.Workdir = None,
    full_refresh: Annotated[bool, typer.Option(help="Build every model anew, not only what changed.")] = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = 0,
) -> None:
    """Model and score: run dbt over what changed; a failed data test fails the build."""
    from cchc.ledger import open_ledger
    from cchc.pipeline.build import build as build_models
    from cchc.pipeline.runs import recorded

    say = speaker(quiet)

    def progress(index: int, total: int, name: str) -> None:
        if index == total or index % 20 == 0:
            say("build", f"{index} of {total} models and tests")

    settings = o.settings(workdir)
    ledger = open_ledger(settings.ledger)
    with recorded(ledger, "build"):
        result = build_models(settings, ledger=ledger, progress=progress, full_refresh=full_refresh)
    if result is None:
        console.print("Nothing changed since the last build.")
        return
    console.print(
        f"{result.nodes} models and tests in {result.seconds:.1f} s (start-up {result.startup_seconds:.1f} s)"
    )
    console.print("Next: cchc publish")


def status(
    day_from: o.MaybeFrom = None,
    day_to: o.MaybeTo = None,
    system: o.System = None,
    unit: o.Unit = None,
    days: Annotated[int, typer.Option(help="Without --from: this many days up to the last delivery.")] = 7,
    workdir: o.Workdir = None,
    all_units: Annotated[bool, typer.Option("--all", help="Also list what came on time and whole.")] = False,
    strays: Annotated[
        bool,
        typer.Option("--strays", help="Instead: every name that is no delivery (of a system, of a unit), and why."),
    ] = False,
    letter: Annotated[
        str | None,
        typer.Option(metavar="UNIT", help="Instead: the note to this unit about its files, ready to be sent."),
    ] = None,
    language: Annotated[o.Language, typer.Option(help="Of the note: vi or en.")] = o.Language.VI,
    out: Annotated[Path | None, typer.Option(help="Write the note to this file (Markdown).")] = None,
) -> None:
    """Who delivered what: on time, late, missing, refused, waiting (not due or not judged yet), per unit and day."""
    from cchc.cli.status import show_board, show_strays, write_letter
    from cchc.ledger import open_ledger
    from cchc.notes import Asked
    from cchc.registry.open import open_registry

    settings = o.settings(workdir)
    ledger = open_ledger(settings.ledger)
    if strays:
        show_strays(ledger, system, unit)
        return
    last = o.day(day_to) or ledger.last_day()
    if last is None:
        console.print("The ledger is empty: nothing was delivered yet. Next: cchc ingest")
        return
    first = o.day(day_from) or last - timedelta(days=days - 1)
    if letter is not None:
        write_letter(settings, ledger, Asked(letter, first, last, system, language), out)
        return
    show_board(open_registry(settings.registry_dir), ledger, first, last, system, unit, all_units)


def watch(
    every: Annotated[int | None, typer.Option(min=1, help="Look again every so many minutes, until Ctrl-C.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be sent; send and write nothing.")
    ] = False,
    workdir: o.Workdir = None,
    verbose: o.Verbose = 0,
) -> None:
    """Look once for what is late, failed, full or waiting, and tell those of contacts.csv what is new to them."""
    from cchc.cli.watching import show_watch

    show_watch(o.settings(workdir), every, dry_run)


def trail(
    unit: Annotated[str, typer.Option(help="Agency code of the unit.")],
    indicator: Annotated[str, typer.Option(help="Indicator code, e.g. PROCESSING_ON_TIME.")],
    period: Annotated[str, typer.Option(help="Period: 2026-09, 2026-Q3, 2026, or START..END.")],
    workdir: o.Workdir = None,
    out: Annotated[Path | None, typer.Option(help="Write the rows to this CSV file.")] = None,
    limit: Annotated[int, typer.Option(help="Rows to show.")] = 20,
) -> None:
    """From a figure to its rows: numerator and denominator, each row's file, revision and row number."""
    from cchc.cli.trailing import show_trail

    show_trail(o.settings(workdir), unit, indicator, period, out, limit)


def rank(
    unit: Annotated[str, typer.Option(help="Agency code of the unit.")],
    period: Annotated[str, typer.Option(help="Period: 2026-09, 2026-Q3, 2026, START_END or START..END.")],
    method: Annotated[str | None, typer.Option(help="Scoring method. Default: the period's default method.")] = None,
    workdir: o.Workdir = None,
) -> None:
    """How a unit ranks and how sure that is: score and rank between which bounds, peers, completeness, marks."""
    from cchc.cli.ranking import show_rank
    from cchc.publish import unit_rank

    show_rank(unit_rank(o.settings(workdir), unit, period, method))


def explain(
    unit: Annotated[str, typer.Option(help="Agency code of the unit.")],
    period: Annotated[str, typer.Option(help="Period: 2026-09, 2026-Q3, 2026, START_END or START..END.")],
    against: Annotated[
        str | None,
        typer.Option(help="The period it is compared with. Default: of the same kind, ending the day before."),
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="Scoring method of both periods. Default: the default method of each.")
    ] = None,
    workdir: o.Workdir = None,
    out: Annotated[Path | None, typer.Option(help="Also write the causes to this CSV file.")] = None,
) -> None:
    """Why a unit's score moved between two periods: every criterion by cause, adding up to the change exactly."""
    from cchc.cli.explaining import show_explanation
    from cchc.publish import explain as explain_change

    show_explanation(explain_change(o.settings(workdir), unit, period, against, method), out)


def restated(
    unit: Annotated[str, typer.Option(help="Agency code of a unit of today.")],
    indicator: Annotated[str | None, typer.Option(help="Only this indicator, e.g. PROCESSING_ON_TIME.")] = None,
    workdir: o.Workdir = None,
    out: Annotated[Path | None, typer.Option(help="Write the whole series to this CSV file.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Rows to show.")] = 40,
) -> None:
    """A unit's past in today's boundaries: every period with its comparability, or why there is no figure."""
    from cchc.cli.restating import show_restated

    show_restated(o.settings(workdir), unit, indicator, out, limit)


def actions(
    unit: Annotated[str, typer.Option(help="Agency code of the unit.")],
    period: Annotated[
        str | None,
        typer.Option(help="Period: 2026-09, 2026-Q3, 2026, or START..END. Default: newest month with dossiers."),
    ] = None,
    workdir: o.Workdir = None,
    out: Annotated[Path | None, typer.Option(help="Write the whole list to this CSV file.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Rows to show.")] = 20,
) -> None:
    """What a unit can do tomorrow, dossier by dossier: by when, and the points it brings; the most points first."""
    from cchc.cli.acting import show_actions

    show_actions(o.settings(workdir), unit, period, out, limit)


def integrity(
    unit: Annotated[str | None, typer.Option(help="Agency code of the unit; those below it count too.")] = None,
    period: Annotated[
        str | None, typer.Option(help="Of dossiers received in 2026-09, 2026-Q3, 2026, or START..END.")
    ] = None,
    signal: Annotated[str | None, typer.Option(help="One signal only, e.g. end_backdated.")] = None,
    workdir: o.Workdir = None,
    out: Annotated[Path | None, typer.Option(help="Write every case to this CSV file.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Cases to show.")] = 20,
) -> None:
    """For the office only: what later files take back of what earlier ones said, with both files and rows."""
    from cchc.cli.integrity import show_integrity

    show_integrity(o.settings(workdir), unit, period, signal, out, limit)


def reconcile(
    period: Annotated[str, typer.Option(help="Period: 2026-09, 2026-Q3, 2026, or START..END.")],
    unit: Annotated[str | None, typer.Option(help="Agency code of the unit; those below it count too.")] = None,
    method: Annotated[str | None, typer.Option(help="Scoring method. Default: the period's default method.")] = None,
    codes: Annotated[
        Path | None,
        typer.Option(
            help="Instead: a CSV with dossier_code, what the portal has; lists the codes that a side lacks.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    workdir: o.Workdir = None,
    out: Annotated[Path | None, typer.Option(help="Write every row to this CSV file.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Rows to show.")] = 20,
) -> None:
    """Our counts and scores beside the national portal's, every difference classed; or dossier codes side by side."""
    from cchc.cli.reconciling import show_codes, show_reconciliation

    if codes is not None:
        show_codes(o.settings(workdir), period, unit, codes, out, limit)
    else:
        show_reconciliation(o.settings(workdir), period, unit, method, out, limit)


def form(
    layout: Annotated[str, typer.Argument(help="Layout, e.g. II.06a; or list: which there are.")],
    unit: Annotated[str | None, typer.Option(help="Agency code of the unit; those below it count too.")] = None,
    day_from: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of the period, YYYY-MM-DD.")
    ] = None,
    day_to: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day of the period, YYYY-MM-DD.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="The forms of all units (with --unit: of it and those below), into a folder.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="File to write, .xlsx or .html; with --all the folder.")] = None,
    workdir: o.Workdir = None,
) -> None:
    """Fill a report form (II.06a ...) from what is served, and say of its columns what adds up and what does not."""
    from cchc.cli.forming import LIST, show_layouts, write_forms

    settings = o.settings(workdir)
    if layout == LIST:
        show_layouts(settings)
        return
    write_forms(settings, layout, unit, o.day(day_from), o.day(day_to), every, out)


def whatif(
    unit: Annotated[str, typer.Option(help="Agency code of the unit.")],
    period: Annotated[str, typer.Option(help="Period: 2026-09, 2026-Q3, 2026, or START..END.")],
    more: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="CRITERION=+N", help="N cases more (-N: fewer) in its numerator; repeatable."),
    ] = None,
    workdir: o.Workdir = None,
) -> None:
    """What if: the fewest cases to full marks, the next band and the next rank; with --set, what given cases bring."""
    from cchc.cli.supposing import show_whatif

    show_whatif(o.settings(workdir), unit, period, more or [])


def score(
    file: Annotated[Path, typer.Argument(help="CSV with unit_code, criterion, numerator, denominator.", exists=True)],
    method: Annotated[str, typer.Option(help="Scoring method, e.g. qd766-portal-2026.")],
    out: Annotated[Path, typer.Option(help="CSV to write: the rows with score, and GROUP: rows.")],
    workdir: o.Workdir = None,
) -> None:
    """Score any table with a method: the same models as the warehouse, for what-if questions."""
    from cchc.model.what_if import score_file
    from cchc.registry.open import open_registry

    settings = o.settings(workdir)
    count = score_file(settings, open_registry(settings.registry_dir), file, method, out)
    console.print(f"{count} rows scored by {method}: {out}", highlight=False, soft_wrap=True)


def demo(
    root: Annotated[Path | None, typer.Argument(help="Where to write the exports. [CCHC_EXPORTS]")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 766,
    scale: Annotated[float, typer.Option(help="1 is the whole quarter; smaller is fewer dossiers.")] = 1.0,
    integrity: Annotated[
        int, typer.Option(min=0, help="Integrity cases of each kind to plant; 0 for a clean province.")
    ] = 40,
    corrections: Annotated[
        Path | None, typer.Option(help="Folder for files that are sent again without overdue dossiers.")
    ] = None,
    workdir: o.Workdir = None,
) -> None:
    """Write demonstration exports: a quarter of 2026 with everyday faults, and reconstructions of published figures."""
    from cchc.demo import write_demo
    from cchc.registry.open import open_registry

    settings = o.settings(workdir)
    target = root or Path(settings.exports)
    manifest = write_demo(
        target,
        open_registry(settings.registry_dir),
        seed=seed,
        scale=scale,
        integrity=integrity,
        corrections=corrections,
    )
    print_table("Demonstration exports", ["what", "count"], [[k, v] for k, v in manifest.items() if isinstance(v, int)])
    console.print(f"Written to {target}", highlight=False, soft_wrap=True)


def _say_failed(summary: Summary) -> None:
    for system, unit, why in summary.failed_units[:10]:
        console.print(f"not reached {system}/{unit}: {why}", style="red", highlight=False, markup=False)
    if summary.failed_units:
        console.print("All that was not fetched: cchc status", highlight=False)
