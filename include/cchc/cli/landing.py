"""The landing zone: destroy bytes by law, and say what was destroyed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cchc.cli import options as o
from cchc.cli.progress import console, print_table

if TYPE_CHECKING:
    from cchc.pipeline.destroy import Plan

app = typer.Typer(no_args_is_help=True, help="Landed bytes: destroy them by law, list what was destroyed.")

#: Files named one by one; the rest is counted.
_NAMED = 20


@app.command()
def destroy(
    basis: Annotated[str, typer.Option(help="Legal basis, e.g. the article of the law and the office's decision.")],
    by: Annotated[str, typer.Option(help="Name of the person who decides.")],
    older_than: Annotated[
        int | None, typer.Option(min=0, metavar="DAYS", help="Files whose export date lies more than DAYS days back.")
    ] = None,
    before: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Files whose export date lies before this day.")
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="Only this dataset.")] = None,
    system: o.System = None,
    unit: o.Unit = None,
    sha256: Annotated[
        list[str] | None, typer.Option(help="Instead of a rule: this file, by its hash; repeatable.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be destroyed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Destroy. Without it nothing happens.")] = False,
    workdir: o.Workdir = None,
) -> None:
    """Destroy landed bytes that a law wants destroyed; hash, size, day, basis and name stay in the ledger.

    Shows what it would do, and does it with --yes only. What was loaded from the files stays; to read them again is no
    longer possible. After a crash the same call finishes the work.
    """
    from cchc.cli.options import day
    from cchc.errors import PermanentError
    from cchc.ledger import open_ledger
    from cchc.pipeline import destroy as stage
    from cchc.pipeline.orders import today
    from cchc.pipeline.run import sole_run

    if older_than is not None and before is not None:
        raise PermanentError("--older-than and --before say the same thing: name one")
    first_kept = today() - timedelta(days=older_than) if older_than is not None else day(before)
    choice = stage.Choice(first_kept, dataset, system, unit, tuple(sha256 or ()))
    settings = o.settings(workdir)
    ledger = open_ledger(settings.ledger)
    found = stage.plan(ledger, choice)
    _show(found)
    if dry_run or not yes:
        console.print("Nothing was destroyed." + ("" if dry_run else " With --yes it is, for good."), highlight=False)
        return
    with sole_run(settings):
        done = stage.destroy(settings, ledger, choice, basis, by)
    console.print(f"Destroyed: {len(done):,} files, {sum(each.size_bytes for each in done):,} bytes", highlight=False)
    console.print("Their sources and backups are yours to destroy. Next: cchc build", highlight=False)


@app.command()
def destroyed(
    workdir: o.Workdir = None,
    out: Annotated[Path | None, typer.Option(help="Write the whole list to this CSV file.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Rows to show.")] = _NAMED,
) -> None:
    """List the landed bytes that were destroyed by law: what, when, on which basis, on whose word."""
    from cchc.ledger import open_ledger
    from cchc.table_file import write_csv

    known = open_ledger(o.settings(workdir).ledger).destructions()
    columns = ("sha256", "size_bytes", "destroyed_at", "basis", "decided_by", "decided_at", "chosen")
    rows = [[getattr(each, name) for name in columns] for each in known.values()]
    if out is not None:
        write_csv(out, columns, rows)
        console.print(f"Written: {out}", highlight=False, soft_wrap=True)
        return
    print_table(
        "Destroyed by law · Đã hủy theo luật",
        list(columns),
        [[str(cell or "") for cell in row] for row in rows[:limit]],
    )
    if len(rows) > limit:
        console.print(f"{len(rows) - limit:,} more: --limit N shows them, --out FILE.csv writes them all")


def _show(found: Plan) -> None:
    revisions = [revision for mine in found.go.values() for revision in mine]
    for revision in revisions[:_NAMED]:
        console.print(
            f"{revision['sha256'][:12]}  {revision['path']}, revision {revision['revision']}",
            highlight=False,
            soft_wrap=True,
        )
    if len(revisions) > _NAMED:
        console.print(f"and {len(revisions) - _NAMED:,} more", highlight=False)
    in_force = sum(bool(revision["in_force"]) for revision in revisions)
    console.print(
        f"To destroy: {len(found.go):,} files of {len(revisions):,} revisions, {found.size_bytes:,} bytes; "
        f"{in_force:,} are in force: their rows stay loaded and can't be read again",
        highlight=False,
    )
    for why, mine in list(found.kept.values())[:_NAMED]:
        console.print(f"kept: {mine[0]['path']}: {why}", highlight=False, markup=False, soft_wrap=True)
    if len(found.kept) > _NAMED:
        console.print(f"and {len(found.kept) - _NAMED:,} more are kept", highlight=False)
    if found.earlier:
        console.print(f"{len(found.earlier):,} files were destroyed before", highlight=False)
