"""The command ``cchc``: every stage, and the looks into what happened, without Airflow.

Each module is one family of commands; heavy imports happen inside the commands, so that ``--help`` is quick.
"""

from __future__ import annotations

import sys

import typer

from cchc import settings
from cchc.cli import (
    backfilling,
    claiming,
    export,
    landing,
    logs,
    main,
    objecting,
    operating,
    publishing,
    quarantine,
    reading,
    registry,
    scheming,
)
from cchc.cli import options as o
from cchc.errors import CchcError
from cchc.surroundings import in_our_terms

app = typer.Typer(
    name="cchc",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Reform-indicator warehouse: daily exports of one-stop systems in, published rankings out.\n\n"
    "Kho dữ liệu chỉ số cải cách hành chính: nhận dữ liệu xuất hằng ngày, công bố xếp hạng.",
)


@app.callback()
def say(verbose: o.Verbosity = 0) -> None:
    """What holds for every command."""
    logs.listen(verbose)


main.register(app)
operating.register(app)
reading.register(app)
scheming.register(app)
app.command()(publishing.verify)
app.add_typer(backfilling.app, name="backfill")
app.add_typer(publishing.app, name="publish")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(objecting.app, name="objection")
app.add_typer(claiming.app, name="claims")
app.add_typer(registry.app, name="registry")
app.add_typer(landing.app, name="land")
app.add_typer(export.app, name="export")


def run() -> None:
    """Entry point: an error of ours, or what the machine raises, is one clear line and its exit code, no traceback."""
    try:
        app()
    except Exception as error:
        told = in_our_terms(error)
        if told is None:
            raise
        typer.secho(f"error: {told}", fg=typer.colors.RED, err=True)
        if _debugging():
            raise
        sys.exit(told.exit_code)


def _debugging() -> bool:
    try:
        return bool(settings.read("debug"))
    except CchcError:
        return False  # another variable can't be read: that is the error being told
