"""The registry: check it, import one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cchc.cli import options as o
from cchc.cli.progress import console

app = typer.Typer(no_args_is_help=True, help="Registry data: systems, units, procedures, headings, methods.")


@app.command()
def check(
    directory: Annotated[Path | None, typer.Argument(help="Registry folder. [the one in force]")] = None,
    workdir: o.Workdir = None,
) -> None:
    """Check registry files; every problem is named with file, line and rule."""
    from cchc.registry.check import check as check_registry

    where = directory or o.settings(workdir).registry_dir
    problems = check_registry(where)
    for problem in problems:
        console.print(str(problem), highlight=False, soft_wrap=True, markup=False)
    if problems:
        console.print(f"{len(problems)} problems")
        raise typer.Exit(1)
    console.print(f"The registry {where or '(packaged)'} is sound.", highlight=False)


@app.command("import")
def import_folder(
    reference: Annotated[Path, typer.Argument(help="Folder with units, procedures, systems, headings, labels CSV.")],
    workdir: o.Workdir = None,
) -> None:
    """Import a reference folder as the registry of the working folder, in one step."""
    from cchc.registry.importer import import_reference

    target = o.settings(workdir).workdir / "registry"
    import_reference(reference, target)
    console.print(f"Imported to {target}; next: cchc registry check", highlight=False, soft_wrap=True)
