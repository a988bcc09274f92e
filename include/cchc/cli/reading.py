"""Who reads the warehouse on a PostgreSQL server: the roles, and logins of people and tools."""

from __future__ import annotations

from typing import Annotated

import typer

from cchc.cli import options as o
from cchc.cli.progress import console, print_table


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (roles, reader):
        app.command()(command)


def roles(
    workdir: o.Workdir = None,
    sql: Annotated[bool, typer.Option("--sql", help="Print the statements, and run none.")] = False,
) -> None:
    """Make the roles of the warehouse on PostgreSQL and say who reads it. Safe to repeat; after the first build."""
    from cchc.serve import relations
    from cchc.serve.roles import give, readers, statements

    settings = o.settings(workdir)
    if sql:
        typer.echo(";\n".join(statements(relations(settings.dbt_target / "manifest.json"))) + ";")
        return
    give(settings)
    print_table("Readers", ["login", "role", "units"], [list(each) for each in readers(settings)])
    console.print("A login that reads: cchc reader NAME [--unit CODE]", highlight=False)


def reader(
    login: Annotated[str, typer.Argument(help="Small letters, digits and _.")],
    unit: Annotated[
        list[str] | None,
        typer.Option(help="Sees single cases of this unit and those below it only; repeatable. None: of all units."),
    ] = None,
    workdir: o.Workdir = None,
) -> None:
    """Make a login that reads the schema pub, or give it a new password and other units; prints the password once."""
    from cchc.serve.roles import add_reader

    typer.echo(add_reader(o.settings(workdir), login, unit or []))
