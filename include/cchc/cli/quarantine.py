"""Quarantine: what is held back and why, and how a row gets out of it."""

from __future__ import annotations

import getpass
import json
from typing import Annotated, Any

import typer

from cchc.cli import options as o
from cchc.cli.progress import console, print_table
from cchc.errors import PermanentError
from cchc.reasons import LANGUAGES
from cchc.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Rows held back: list, show, release.")

_ID = Annotated[str, typer.Argument(help="Quarantined row as <revision>:<row>, from 'quarantine list'.")]


@app.command("list")
def list_rows(
    rule: Annotated[str | None, typer.Option(help="Only this rule.")] = None,
    unit: o.Unit = None,
    limit: Annotated[int, typer.Option(help="Rows to show.")] = 50,
    workdir: o.Workdir = None,
) -> None:
    """List quarantined rows, newest export first, with the counts by rule."""
    from cchc.notes import held_rows

    rows = held_rows(o.settings(workdir))
    rows = [row for row in rows if (not rule or rule in row["rules"].split(",")) and (not unit or row["unit"] == unit)]
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["rule"]] = counts.get(row["rule"], 0) + 1
    print_table("By rule", ["rule", "rows"], [[name, count] for name, count in sorted(counts.items())])
    columns = ["id", "day", "system", "unit", "dataset", "rule"]
    print_table(
        "Quarantine",
        columns,
        [
            [r["id"], r["export_date"], r["system"], r["unit"], r["dataset"], r["rules"].replace(",", ", ")]
            for r in rows[:limit]
        ],
    )


@app.command()
def show(row_id: _ID, workdir: o.Workdir = None) -> None:
    """Show one row: what is wrong and what to do, in both languages, the values that may be shown, and its file."""
    from cchc.land import blob_path
    from cchc.ledger import open_ledger
    from cchc.registry.open import open_registry
    from cchc.validate.explain import explain_row

    settings = o.settings(workdir)
    row = _one(settings, row_id)
    ledger = open_ledger(settings.ledger)
    file = ledger.find(id=row["revision_id"])[0]
    registry = open_registry(settings.registry_dir)
    for language in LANGUAGES:
        for text in explain_row(row, file, registry, settings.expectations, language):
            console.print(text, highlight=False, markup=False)
    print_table(
        "Values (no personal data)", ["field", "value"], [[k, str(v)] for k, v in json.loads(row["payload"]).items()]
    )
    console.print(f"File: {file['path']} revision {file['revision']}, data row {row['row_number']}", highlight=False)
    gone = ledger.destructions().get(file["sha256"])
    where = f"destroyed by law ({gone.said})" if gone else blob_path(settings.landing, file["sha256"])
    console.print(f"Bytes: {where}", highlight=False, markup=False, soft_wrap=True)


@app.command()
def release(
    row_id: _ID,
    reason: Annotated[str, typer.Option(help="Why the row is right although it breaks the rule.")],
    by: Annotated[str | None, typer.Option(help="Who decides. [the user of this session]")] = None,
    workdir: o.Workdir = None,
) -> None:
    """Accept a row in spite of its rules; recorded with name and reason.

    Only rules about plausibility can be waived. A row without a key, with an unreadable date or with an unknown code
    has nothing to load: mend the registry or have the file sent anew, then replay with 'cchc ingest --replay'.
    """
    from cchc.ledger import open_ledger
    from cchc.pipeline.run import ingest, sole_run
    from cchc.registry.open import open_registry
    from cchc.validate import load_rules

    settings = o.settings(workdir)
    row = _one(settings, row_id)
    waivable = {rule.rule for rule in load_rules(settings.expectations, row["dataset"]) if rule.waivable}
    broken = row["rules"].split(",")
    if not set(broken) <= waivable:
        raise PermanentError(f"{', '.join(sorted(set(broken) - waivable))} can't be waived; mend the cause and replay")
    ledger = open_ledger(settings.ledger)
    file = ledger.find(id=row["revision_id"])[0]
    if gone := ledger.destructions().get(file["sha256"]):
        raise PermanentError(
            f"{row_id} can't be released: the bytes of {file['path']} were destroyed by law ({gone.said}); "
            "have the file sent anew"
        )
    for name in broken:
        ledger.waive(file["sha256"], row["row_number"], name, reason, by or getpass.getuser())
    day = file["export_date"]
    ledger.reopen(day, day, file["system"], file["unit"])
    with sole_run(settings):
        ingest(settings, open_registry(settings.registry_dir), ledger, day, day, look=False)
    console.print(f"{row_id} released; next: cchc build", highlight=False)


def _one(settings: Settings, row_id: str) -> dict[str, Any]:
    from cchc.notes import held_rows

    for row in held_rows(settings):
        if row["id"] == row_id:
            return row
    raise PermanentError(f"no quarantined row {row_id}; see 'cchc quarantine list'")
