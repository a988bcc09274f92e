"""The table of rooms in docs/architecture.md is what the code imports, and its order is the way data flows."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

from documents import PROJECT, cells, text

PACKAGE = PROJECT / "include" / "cchc"
ROWS = {
    cells(line)[0].strip("`/"): cells(line)[3]
    for line in text("docs/architecture.md").split("\n## The rooms\n")[1].split("\n## ")[0].splitlines()
    if line.startswith("| `")
}
ORDER = list(ROWS)


def named(room: str) -> set[str]:
    """The rooms that a room may import, as the table says."""
    return set(ORDER[: ORDER.index(room)]) if ROWS[room] == "all" else set(re.findall(r"\w+", ROWS[room]))


def imports(file: Path) -> set[str]:
    """The rooms of the package that a file imports, also inside functions and for type checkers."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            names = [f"cchc.{name}" for name in names] if node.module == "cchc" else [node.module or ""]
        found |= {name.split(".")[1] for name in names if name.startswith("cchc.")}
    return found


def rooms() -> dict[str, set[str]]:
    """Every room of the package -> the other rooms that it imports."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in PACKAGE.rglob("*.py"):
        room = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room != "__init__":
            found[room] |= imports(file) - {room, "__version__"}
    return found


def test_every_room_has_a_row() -> None:
    assert set(rooms()) == set(ORDER)


def test_rooms_import_what_the_table_says() -> None:
    for room, imported in rooms().items():
        assert imported <= named(room), f"{room} imports {sorted(imported - named(room))}"
        if ROWS[room] != "all":
            assert named(room) <= imported, f"{room} does not import {sorted(named(room) - imported)}"


def test_no_room_imports_a_later_one() -> None:
    for room in ORDER:
        assert named(room) <= set(ORDER[: ORDER.index(room)]), room


def test_an_import_inside_a_function_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text("import cchc.load.base\ndef f():\n    from cchc import land\n    from cchc.read import batch\n")
    assert imports(file) == {"load", "land", "read"}
