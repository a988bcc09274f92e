"""Looking after an installation: what is wrong with it, backup and restore, what may go, figures for monitoring."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cchc.cli import options as o
from cchc.cli.progress import console, print_table
from cchc.settings import Settings, unreadable

if TYPE_CHECKING:
    from cchc.metrics import Measured


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (doctor, backup, restore, tidy, upkeep, metrics, health):
        app.command()(command)


def doctor(
    workdir: o.Workdir = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a check: check, status, found.")] = False,
) -> None:
    """What is wrong with the installation and how to mend it; exit code 1 where something is. Changes nothing."""
    from cchc.doctor import Finding, examine

    if wrong := unreadable():
        found = [Finding("settings", "wrong", f"{said}; mend it first") for said in wrong]
    else:
        found = list(examine(Settings.from_env(workdir=workdir)))
    if as_json:
        typer.echo(json.dumps([vars(each) for each in found], ensure_ascii=False, indent=1))
    else:
        print_table(
            "Doctor", ["check", "", "what was found, what to do"], [list(vars(each).values()) for each in found]
        )
        total = sum(each.status == "wrong" for each in found)
        console.print(f"{total} wrong" if total else "Nothing is wrong.", highlight=False)
    if any(each.status == "wrong" for each in found):
        raise typer.Exit(1)


def backup(
    to: Annotated[Path, typer.Option(help="A new or empty folder, best on another disk.")],
    workdir: o.Workdir = None,
) -> None:
    """Copy what can't be made anew, also while a run works: ledger, warehouse, landing, editions, registry, keys."""
    from cchc.backup import take

    listed = take(o.settings(workdir), to)
    size = sum(each["size"] for each in listed["files"].values())
    console.print(f"{len(listed['files']):,} files, {size:,} bytes: {to}", highlight=False, soft_wrap=True)
    console.print("It holds personal data and keys: keep it as safe as the installation.", highlight=False)


def restore(
    source: Annotated[Path, typer.Option("--from", help="A folder that cchc backup wrote.")],
    workdir: o.Workdir = None,
) -> None:
    """Verify a backup and put it into an empty place: working folder, and the databases that the settings name."""
    from cchc.backup import restore as put_back

    settings = o.settings(workdir)
    listed = put_back(settings, source)
    console.print(f"As of {listed['taken_at']}: {settings.workdir}", highlight=False, soft_wrap=True)
    console.print("Next: cchc doctor, cchc build, cchc publish", highlight=False)


def tidy(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and leave it.")] = False,
    workdir: o.Workdir = None,
) -> None:
    """Remove what is older than the settings keep it: left-over staged rows, logs, single validations."""
    from cchc.pipeline.run import is_running
    from cchc.tidy import tidy as remove

    settings = o.settings(workdir)
    rows = [[old.kind, old.days, old.files, old.size_bytes] for old in remove(settings, dry_run, is_running(settings))]
    print_table("Would go" if dry_run else "Gone", ["kind", "older than days", "files", "bytes"], rows)
    console.print("Landed bytes go by law only: cchc land destroy. Airflow's metadata: airflow db clean.")


def upkeep(workdir: o.Workdir = None) -> None:
    """Nightly care of a warehouse on Spark: small files are put together, old snapshots and left-over files go."""
    from cchc.pipeline.run import sole_run
    from cchc.upkeep import upkeep as tend

    settings = o.settings(workdir)
    with sole_run(settings):
        done = tend(settings)
    if not done:
        console.print("Nothing is due.", highlight=False)
        return
    rows = [[each.table, each.compacted, each.expired, each.orphans] for each in done]
    print_table("Upkeep", ["table", "files put together", "snapshots expired", "files of none removed"], rows)


def metrics(
    out: Annotated[
        Path | None, typer.Option(help="Write to this file, in one step: for a node exporter's textfile collector.")
    ] = None,
    workdir: o.Workdir = None,
) -> None:
    """Figures for monitoring as OpenMetrics: deliveries, rows, quarantine, seconds, freshness, state of the build."""
    from cchc.metrics import openmetrics

    _give(openmetrics(_measured(workdir)), out)


def health(
    out: Annotated[Path | None, typer.Option(help="HTML file to write, in one step.")] = None,
    workdir: o.Workdir = None,
) -> None:
    """The same figures as a page for people: one file, without scripts and without Airflow."""
    from cchc.metrics import health_page

    _give(health_page(_measured(workdir)), out)


def _measured(workdir: Path | None) -> Measured:
    from cchc.metrics import measure
    from cchc.registry.open import open_registry

    settings = o.settings(workdir)
    return measure(settings, open_registry(settings.registry_dir))


def _give(text: str, out: Path | None) -> None:
    """Print it, or put it in place whole, readable for the collector or the web server, which are other users."""
    from cchc.table_file import whole_file

    if out is None:
        typer.echo(text, nl=False)
        return
    with whole_file(out) as part:
        part.write_text(text, encoding="utf-8")
        part.chmod(Settings.from_env().published_mode)
