"""What the documents name is there: files, make targets, commands and their options; and both READMEs say the same."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from documents import DOCUMENTS, FENCED, PROJECT, code, commands, console, options, targets, text

SPANS = [(path, span) for path in DOCUMENTS for span in code(path)]
#: Places from which documents name files.
ROOTS = [
    PROJECT,
    PROJECT / "include",
    PROJECT / "include" / "cchc",
    PROJECT / "dbt_project",
    PROJECT / "dbt_project" / "models",
]
ROOTS += [PROJECT / "include" / "cchc" / "registry" / "data", PROJECT / "tests"]
TOP = {path.name for path in PROJECT.iterdir() if path.is_dir()} - {"var", ".git"}
FILE = re.compile(r"(?<![\w/<*.:-])(\.?[\w-]+(?:/[\w.*-]+)+/?)")
CODE_FILES = (".py", ".sql", ".yml", ".yaml", ".toml")


def test_documents_are_found() -> None:
    assert {"README.md", "README.vi.md", "CONTRIBUTING.md", "commands.md", "settings.md"} <= {d.name for d in DOCUMENTS}


def test_links_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for link in re.findall(r"\]\(([^)#]+)\)", text(document)):
            if not link.startswith("http"):
                assert (document.parent / link).exists(), f"{document.name}: {link}"


def test_files_are_there() -> None:
    checked = 0
    for document, span in SPANS:
        for name in FILE.findall(re.sub(r"<[a-z]+>", "*", span.replace("...", ""))):
            if name.split("/")[0] in TOP or name.endswith(CODE_FILES):
                checked += 1
                assert any(_there(root, name) for root in ROOTS), f"{document.name}: {name}"
    assert checked > 30


def _there(root: Path, name: str) -> bool:
    return any(root.glob(name.strip("/")))


def test_rooms_in_the_readme_are_there() -> None:
    for name in ("README.md", "README.vi.md"):
        tree = [line.split()[0] for line in text(name).splitlines() if re.match(r"[a-z_]+/(cchc/)?  ", line)]
        assert len(tree) >= 7
        assert all((PROJECT / place).is_dir() for place in tree), tree


def test_make_targets_are_there() -> None:
    named = {(d.name, target) for d, span in SPANS for target in re.findall(r"\bmake ([a-z]+)", span)}
    assert len(named) > 10
    assert {target for _, target in named} <= targets(), named


def test_make_help_lists_every_target() -> None:
    said = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"make ([a-z-]+) ", said)) == targets()
    assert "T=tests/" in said


def test_commands_and_their_options_are_there() -> None:
    there = commands()
    groups = {name.rsplit(" ", 1)[0] for name in there}
    checked = 0
    for document, span in SPANS:
        for call in re.split(r"&&|;|\|", span):
            found = re.match(r"\s*(?:\.venv/bin/)?cchc ([a-z]+)(?: ([a-z]+))?(.*)", call)
            if found is None:
                continue
            first, second, rest = found.groups()
            name = f"cchc {first} {second}" if f"cchc {first}" in groups and second else f"cchc {first}"
            assert name in there or name in groups, f"{document.name}: {call}"
            if name in there:
                checked += 1
                known = {each for names in options(there[name]) for each in names} | {"--help"}
                assert set(re.findall(r"--[a-z-]+", rest)) <= known, f"{document.name}: {call}"
    assert checked > 20


@pytest.mark.parametrize("measure", ["headings", "blocks", "commands", "rows"])
def test_both_readmes_have_the_same(measure: str) -> None:
    english, vietnamese = (_measure(name)[measure] for name in ("README.md", "README.vi.md"))
    assert english == vietnamese


def _measure(name: str) -> dict[str, object]:
    """Headings by level, kinds of code blocks, command lines without their words, and commands in tables."""
    whole = text(name)

    def bare(line: str) -> str:
        line = re.sub(r"\s+# .*", "", line)
        if line.startswith("export"):
            return line
        return re.sub(r"<[^>]+>|\b[^\W\d_a-z][^\s/.]*", "WORD", line)

    return {
        "headings": re.findall(r"^(#+) ", whole, re.M),
        "blocks": [kind for kind, _ in FENCED.findall(whole)],
        "commands": [bare(line) for line in console(name)],
        "rows": [re.findall(r"\b(?:make|cchc) [a-z]+", line) for line in whole.splitlines() if line.startswith("|")],
    }
