"""Objections: take one down, list them, show what one would change, answer it."""

from __future__ import annotations

import getpass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from cchc.cli import options as o
from cchc.cli.progress import console, print_table
from cchc.cli.trailing import period_of
from cchc.contracts import TIMEZONE
from cchc.datasets.objections import REASONS
from cchc.table_file import plain

if TYPE_CHECKING:
    from cchc.objections import Filed
    from cchc.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Objections of units to figures: add, list, show, answer.")

_Unit = Annotated[str, typer.Option(help="Agency code of the unit that objects.")]
_Number = Annotated[str, typer.Option(help="Number of the objection, from 'objection list'.")]
_PERIOD = "Period: 2026-09, 2026-Q3, 2026, or START..END."


class Decision(StrEnum):
    """What the office decides."""

    UPHELD = "upheld"
    REJECTED = "rejected"
    PARTLY = "partly"


@app.command()
def add(
    unit: _Unit,
    criterion: Annotated[str, typer.Option(help="Criterion objected to, e.g. PROCESSING_ON_TIME.")],
    period: Annotated[str, typer.Option(help=_PERIOD)],
    reason: Annotated[str, typer.Option(help=f"One of {', '.join(REASONS)}.")],
    dossier: Annotated[
        list[str] | None, typer.Option(help="Number of a dossier objected to; repeatable. Default: the whole figure.")
    ] = None,
    filed: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day on which the unit filed it. [today]")
    ] = None,
    workdir: o.Workdir = None,
    verbose: o.Verbose = 0,
) -> None:
    """Take down an objection: its form goes through the gate like any export. One that came late is kept and marked."""
    from cchc.ledger import open_ledger
    from cchc.pipeline.filing import file_objection
    from cchc.pipeline.run import sole_run
    from cchc.registry.open import open_registry

    settings = o.settings(workdir)
    with sole_run(settings):
        done = file_objection(
            settings,
            open_registry(settings.registry_dir),
            open_ledger(settings.ledger),
            unit,
            criterion.upper(),
            period_of(period),
            dossier or [],
            reason,
            filed or datetime.now(ZoneInfo(TIMEZONE)).replace(tzinfo=None, microsecond=0),
        )
    what = f"{len(done.dossiers)} dossiers" if done.dossiers else "the whole figure"
    console.print(f"Objection {done.number} of {done.unit} to {done.criterion}, {what}", highlight=False)
    if done.is_late:
        console.print(
            f"It is late: the window of that period ended on {done.window_ends}. It is kept and marked; "
            "whether to hear it is for the office to decide and to say in the answer.",
            style="yellow",
            highlight=False,
        )
    console.print("Next: cchc build, then cchc objection show", highlight=False)


@app.command("list")
def list_objections(
    unit: Annotated[str | None, typer.Option(help="Only this unit.")] = None,
    period: Annotated[str | None, typer.Option(help=f"Only this one. {_PERIOD}")] = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only those without an answer.")] = False,
    workdir: o.Workdir = None,
) -> None:
    """List objections with their state; what was added since the last build is among them."""
    settings = o.settings(workdir)
    days = period_of(period) if period else None
    rows = [
        each
        for each in _filed(settings)
        if (not unit or each.unit == unit)
        and (days is None or (each.period_start, each.period_end) == days)
        and (not only_open or each.state == "open")
    ]
    print_table(
        "Objections · Phản hồi số liệu",
        ["unit", "number", "criterion", "period", "reason", "dossiers", "filed", "state"],
        [
            [
                each.unit,
                each.number,
                each.criterion,
                f"{each.period_start}..{each.period_end}",
                each.reason,
                len(each.dossiers) or "all",
                f"{each.filed_on}{' (late)' if each.is_late else ''}",
                each.state,
            ]
            for each in rows
        ],
    )


@app.command()
def show(unit: _Unit, number: _Number, workdir: o.Workdir = None) -> None:
    """Show an objection, and what score, total and rank would be if it is upheld, of every unit that moves."""
    from cchc.objections import effects
    from cchc.publish import open_reader

    settings = o.settings(workdir)
    each = _one(settings, unit, number)
    console.print(
        f"{each.unit} {each.number}: {each.criterion}, {each.period_start}..{each.period_end}, {each.reason}; "
        f"filed {each.filed_on}{' (late)' if each.is_late else ''}; {each.state}",
        highlight=False,
        markup=False,
    )
    console.print(f"Dossiers: {', '.join(each.dossiers) or 'the whole figure'}", highlight=False, markup=False)
    if each.answered_by:
        console.print(
            f"Answered by {each.answered_by} on {each.answered_on}: {each.note}", highlight=False, markup=False
        )
    with open_reader(settings) as reader:
        rows = reader.rows("select * from pub.objection_v1 where objection_key = ?", [f"{unit}:{number}"])
        if not rows:
            console.print("Not in the warehouse's models yet: cchc build", highlight=False)
            return
        found = effects(reader, rows[0])
    if found[0].unknown:
        console.print(f"What it would change can't be computed: {_UNKNOWN[found[0].unknown]}", highlight=False)
        return
    print_table(
        "If it is upheld · Nếu chấp nhận",
        ["unit", "numerator", "denominator", "score", "total", "rank"],
        [
            [
                effect.unit_code,
                _change(effect.numerator, effect.numerator_if),
                _change(effect.denominator, effect.denominator_if),
                _change(effect.score, effect.score_if),
                _change(effect.total, effect.total_if),
                _change(effect.rank, effect.rank_if),
            ]
            for effect in found
        ],
    )


_UNKNOWN = {
    "no_score": "the unit has no score in that period",
    "not_scored": "the method of that period does not score the criterion for this unit",
    "not_from_dossiers": "the figure is not counted from dossiers here",
    "no_dossiers_named": "it names no dossier",
}


@app.command()
def answer(
    unit: _Unit,
    number: _Number,
    decision: Annotated[Decision, typer.Option(help="upheld, rejected or partly.")],
    note: Annotated[str, typer.Option(help="What is said to it. It is published: name no applicant.")],
    by: Annotated[str | None, typer.Option(help="Who decides. [the user of this session]")] = None,
    correct: Annotated[
        list[str] | None,
        typer.Option(metavar="DOSSIER:COLUMN=NEW", help="What the source should have sent; repeatable."),
    ] = None,
    workdir: o.Workdir = None,
) -> None:
    """Answer an objection; a further answer replaces the one before, which the ledger keeps.

    With --correct, rows for the register of known errors: appended to the registry in use where that is a folder of
    the installation, else printed.
    """
    from cchc.errors import PermanentError
    from cchc.ledger import open_ledger
    from cchc.load import open_warehouse
    from cchc.objections import correction_rows
    from cchc.registry.open import open_registry

    settings = o.settings(workdir)
    by = (by or getpass.getuser()).strip()
    if not by or not note.strip():
        raise PermanentError("an answer needs the name of who decides (--by) and what is said (--note)")
    if correct and decision is Decision.REJECTED:
        raise PermanentError("a rejected objection corrects nothing: leave out --correct")
    each = _one(settings, unit, number)
    today = datetime.now(ZoneInfo(TIMEZONE)).date()
    rows = []
    if correct:
        with open_warehouse(settings) as warehouse:
            rows = correction_rows(warehouse, open_registry(settings.registry_dir), each, correct, by, today)
        _enter(settings, rows)
    open_ledger(settings.ledger).answer_objection(unit, number, decision.value, by, today, note.strip())
    if each.answered_by:
        console.print(
            f"It replaces the answer of {each.answered_by} on {each.answered_on} ({each.state}).", markup=False
        )
    console.print(f"Objection {number} of {unit}: {decision.value}. Next: cchc build", highlight=False)


def _enter(settings: Settings, rows: list[Any]) -> None:
    from cchc.objections.correct import as_cells, enter
    from cchc.registry.model import Correction

    if settings.registry_dir is not None:
        path = enter(settings.registry_dir, rows)
        console.print(
            f"{len(rows)} rows appended to {path}; next: cchc registry check", highlight=False, soft_wrap=True
        )
        return
    console.print(
        "The packaged registry is not changed: put these rows into corrections.csv of your own", style="yellow"
    )
    console.print(",".join(Correction.model_fields), highlight=False, soft_wrap=True)
    for row in rows:
        console.print(_csv_line(as_cells(row)), highlight=False, markup=False, soft_wrap=True)


def _csv_line(cells: list[str]) -> str:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _filed(settings: Settings) -> list[Filed]:
    from cchc.ledger import open_ledger
    from cchc.load import open_warehouse
    from cchc.objections import filed
    from cchc.registry.open import open_registry

    with open_warehouse(settings) as warehouse:
        return filed(warehouse, open_ledger(settings.ledger), open_registry(settings.registry_dir))


def _one(settings: Settings, unit: str, number: str) -> Filed:
    from cchc.objections import one_filed

    return one_filed(_filed(settings), unit, number)


def _change(now: Any, then: Any) -> str:
    if now == then:
        return plain(now) or "none"
    return f"{plain(now) or 'none'} -> {plain(then) or 'none'}"
