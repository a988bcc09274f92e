"""Back-fills: what is to be done, doing it slice by slice, how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cchc.cli import options as o
from cchc.cli.progress import console, print_table, speaker

if TYPE_CHECKING:
    from cchc.ledger import Ledger
    from cchc.pipeline.backfill import Order, Plan
    from cchc.registry.open import Registry
    from cchc.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    help="Months or years of exports, slice by slice, the oldest first; nightly runs go before the next slice.",
)

Below = Annotated[str | None, typer.Option("--unit", help="Only this unit and those below it, e.g. a province.")]
Again = Annotated[bool, typer.Option("--again", help="Also days of which an earlier slice asked the source.")]


@app.command()
def plan(
    day_from: o.From,
    day_to: o.To,
    system: o.System = None,
    unit: Below = None,
    again: Again = False,
    workdir: o.Workdir = None,
) -> None:
    """What the registry expects and the ledger does not have, in slices; fetches and writes nothing."""
    _show(_Here(o.settings(workdir)).plan(_order(day_from, day_to, system, unit), again))


@app.command()
def run(
    day_from: o.From,
    day_to: o.To,
    exports: o.Exports = None,
    system: o.System = None,
    unit: Below = None,
    again: Again = False,
    workdir: o.Workdir = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = 0,
) -> None:
    """Show the plan, then extract to load a slice at a time; after a kill the same command goes on where it stood."""
    from cchc.pipeline.backfill import backfill

    here = _Here(o.settings(workdir, exports))
    planned = here.plan(_order(day_from, day_to, system, unit), again)
    _show(planned)
    backfill(*here.all, planned, speaker(quiet))
    console.print("Next: cchc build", highlight=False)


@app.command()
def status(
    day_from: o.MaybeFrom = None,
    day_to: o.MaybeTo = None,
    system: o.System = None,
    unit: Below = None,
    workdir: o.Workdir = None,
) -> None:
    """How far a back-fill is: of the range named, or of the last one that ran here."""
    from cchc.errors import PermanentError
    from cchc.pipeline.alone import BACKFILL, is_held
    from cchc.pipeline.backfill import last_order

    here = _Here(settings := o.settings(workdir))
    if (day_from is None) != (day_to is None):
        raise PermanentError("name both --from and --to, or neither")
    named = _order(day_from, day_to, system, unit) if day_from and day_to else last_order(here.all[2])
    if named is None:
        console.print("No slice of a back-fill has ended here. Next: cchc backfill plan --from DAY --to DAY")
        return
    found = here.plan(named)
    _summary(found)
    if found.last is not None:
        days = f"{found.last['day_from']} to {found.last['day_to']}"
        console.print(f"Last slice: {days}, {found.last['outcome']}", highlight=False)
    if is_held(settings.workdir, BACKFILL):
        console.print("A back-fill is under way in this folder.")


class _Here:
    """An installation, opened once a command."""

    def __init__(self, settings: Settings) -> None:
        from cchc.ledger import open_ledger
        from cchc.registry.open import open_registry

        self.all: tuple[Settings, Registry, Ledger] = (
            settings,
            open_registry(settings.registry_dir),
            open_ledger(settings.ledger),
        )

    def plan(self, order: Order, again: bool = False) -> Plan:
        from cchc.pipeline.backfill import plan as make
        from cchc.pipeline.orders import today

        return make(*self.all, order, today(), again)


def _order(day_from: datetime, day_to: datetime, system: str | None, unit: str | None) -> Order:
    from cchc.pipeline.backfill import Order

    return Order(day_from.date(), day_to.date(), system, unit)


def _show(planned: Plan) -> None:
    rows = [
        [at, f"{part.day_from}", f"{part.day_to}", part.files.total(), ", ".join(sorted(part.files))]
        for at, part in enumerate(planned.slices, 1)
    ]
    if rows:
        print_table("Slices", ["slice", "from", "to", "deliveries", "systems"], rows)
    _summary(planned)


def _summary(planned: Plan) -> None:
    order = planned.order
    of = "".join(f", {what} {code}" for what, code in (("system", order.system), ("unit", order.unit)) if code)
    days = (order.day_to - order.day_from).days + 1
    console.print(f"{order.day_from} to {order.day_to}{of}:", highlight=False)
    rows = [
        ["deliveries that the registry expects", planned.expected],
        ["came", planned.came],
        ["asked for and not at the source", planned.nowhere],
        ["still to look for", planned.to_come],
        [f"days done, of {days:,}", planned.days_done],
        ["slices to go", len(planned.slices)],
    ]
    print_table("Back-fill", ["what", "count"], rows)
