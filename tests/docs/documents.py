"""The documents as the tests read them: code spans, commands, and the commands that `cchc` really has."""

from __future__ import annotations

import re
from pathlib import Path

import click
import typer

from cchc.cli import app

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PROJECT.glob(".github/**/*.md")])
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)


def text(document: str | Path) -> str:
    return (PROJECT / document).read_text("utf-8")


def code(document: str | Path) -> list[str]:
    """Code spans, and the lines of code blocks without their comments."""
    whole = text(document)
    lines = [line for _, block in FENCED.findall(whole) for line in block.splitlines()]
    return re.findall(r"`([^`\n]+)`", FENCED.sub("", whole)) + [re.sub(r"\s+# .*", "", line) for line in lines]


def console(document: str | Path) -> list[str]:
    """The lines of its console blocks."""
    return [line for kind, block in FENCED.findall(text(document)) if kind == "console" for line in block.splitlines()]


def commands() -> dict[str, click.Command]:
    """``cchc quarantine list`` -> the command."""
    found: dict[str, click.Command] = {}

    def walk(command: click.Command, name: str) -> None:
        inner = getattr(command, "commands", None)
        if inner is None or (inner and name != "cchc" and getattr(command, "invoke_without_command", False)):
            found[name] = command  # a group may do something by itself
        for part, each in (inner or {}).items():
            walk(each, f"{name} {part}")

    walk(typer.main.get_command(app), "cchc")
    return found


def options(command: click.Command) -> dict[tuple[str, ...], click.Parameter]:
    """Names as documented -> parameter; an argument is in capitals."""
    return {
        (each.name.upper(),) if each.param_type_name == "argument" else (*each.opts, *each.secondary_opts): each  # type: ignore[union-attr]
        for each in command.params
    }


def targets() -> set[str]:
    """What `make` can be asked for."""
    return set(re.findall(r"^([a-z-]+):", text("Makefile"), re.M))


def cells(line: str) -> list[str]:
    """The cells of a table's row."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
