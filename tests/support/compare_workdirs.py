"""Compare two working folders as data: warehouse, ledger and pages, whatever the order of rows and columns.

``python tests/support/compare_workdirs.py BEFORE AFTER`` prints what only one of them has and what differs, with an
example each; exit code 1 where something differs. Both folders are read only, and may be in use.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.compare_pages import page_differences  # runnable as a file, too

SCHEMAS = ("raw", "staging", "intermediate", "marts", "indicators", "scoring", "publish")
LEDGER = ("file_revision", "stage_outcome", "stray_file", "waiver")
#: Clocks, counters of changes, and the hash of a registry whose tables are compared by themselves.
CLOCKS = (
    "raw.build_state.registry_hash",
    "raw.build_state.*_no",
    "raw.pending.change_no",
    "ledger.*.change_no",
    "ledger.*_at",
    "ledger.stage_outcome.duration_ms",
)
SAMPLE = 2000  # rows among which the partner of an example is looked for


class Folder:
    """One working folder: its tables under the name of a catalog, by ``schema.table`` with columns and types."""

    def __init__(self, con: duckdb.DuckDBPyConnection, name: str, workdir: Path, scratch: Path) -> None:
        self.con, self.name, self.workdir = con, name, workdir
        copy = scratch / name
        copy.mkdir()
        for path in [*workdir.glob("warehouse.duckdb*"), *workdir.glob("ledger.sqlite*")]:
            shutil.copy(path, copy)
        con.execute(f"attach '{copy / 'warehouse.duckdb'}' as {name}")
        con.execute(f"create schema {name}.ledger")
        with sqlite3.connect(copy / "ledger.sqlite") as ledger:
            ledger.row_factory = sqlite3.Row
            for table in LEDGER:
                found = [dict(row) for row in ledger.execute(f"select * from {table}")]
                columns = [row["name"] for row in ledger.execute(f"pragma table_info({table})")]
                texts = {c: pa.array([_text(row[c]) for row in found], pa.string()) for c in columns}
                con.register("held", pa.table(texts))
                con.execute(f"create table {name}.ledger.{table} as select * from held")
                con.unregister("held")

    def tables(self) -> dict[str, dict[str, str]]:
        """``schema.table`` -> column -> type."""
        found: dict[str, dict[str, str]] = {}
        for schema, table, column, kind in self.con.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() where database_name = ?",
            [self.name],
        ).fetchall():
            if schema in (*SCHEMAS, "ledger"):
                found.setdefault(f"{schema}.{table}", {})[column] = kind
        return found

    def indicators_of(self, datasets: list[str]) -> list[str]:
        """The indicators that are counted from these datasets."""
        if not datasets:
            return []
        sql = f"select indicator from {self.name}.marts.dim_indicator where list_contains(?, dataset)"
        return [row[0] for row in self.con.execute(sql, [datasets]).fetchall()]


class Comparison:
    """What is told: ``added`` is what only the later folder has, ``differences`` everything else."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.renamed = dict(pair.split("=", 1) for pair in options.renamed)
        self.added: list[str] = []
        self.differences: list[str] = []

    def run(self) -> int:
        """Compare, print, and return the exit code."""
        with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as con:
            before = Folder(con, "before", self.options.before, Path(scratch))
            after = Folder(con, "after", self.options.after, Path(scratch))
            ignored = self.options.ignore_dataset
            self.ignored = {"dataset": ignored, "indicator": [*after.indicators_of(ignored), *self.options.indicators]}
            compared = self._warehouse(con, before.tables(), after.tables())
        names = {side: {p.name for p in (side / "report").glob("*.html")} for side in self.folders}
        old, new = (names[side] for side in self.folders)
        self.differences += [f"page {name}: only before" for name in sorted(old - new)]
        self.added += [f"page {name}" for name in sorted(new - old)]
        pages: dict[str, list[str]] = {}
        for name in sorted(old & new):
            texts = [(side / "report" / name).read_text(encoding="utf-8") for side in self.folders]
            for line in page_differences(*texts, self.ignored["indicator"], ignored):
                pages.setdefault(line, []).append(name.removesuffix(".html"))
        for line, where in pages.items():
            told = self.added if line.endswith("only after") else self.differences
            told.append(f"pages {', '.join(where)}: {line}")
        print(f"compared: {compared} tables, {len(old & new)} pages; equal but for what follows")
        for title, lines in (("only in the later folder", self.added), ("differs", self.differences)):
            print(f"\n{title}: {len(lines) or 'nothing'}")
            print("".join(f"  {line}\n" for line in lines), end="")
        return 1 if self.differences or (self.added and not self.options.added) else 0

    @property
    def folders(self) -> tuple[Path, Path]:
        """Before and after."""
        return self.options.before, self.options.after

    def _warehouse(self, con: duckdb.DuckDBPyConnection, old: dict[str, Any], new: dict[str, Any]) -> int:
        partner = {name: self.renamed.get(name, name) for name in old}
        self.added += [f"table {name}" for name in sorted(new.keys() - set(partner.values()))]
        compared = 0
        for name, later in sorted(partner.items()):
            if later not in new:
                self.differences.append(f"table {name}: only before")
                continue
            compared += 1
            columns = {c: self.renamed.get(f"{name}.{c}", self.renamed.get(f"*.{c}", c)) for c in old[name]}
            columns = {c: other if other in new[later] else c for c, other in columns.items()}
            gone = [c for c, other in columns.items() if other not in new[later]]
            self.differences += [f"column {name}.{c}: only before" for c in gone]
            more = [f"column {later}.{c}" for c in new[later] if c not in columns.values()]
            self.added += [line for line in more if line not in self.added]
            shared = {c: other for c, other in columns.items() if c not in gone and not self._is_ignored(name, c)}
            self.differences += [
                f"column {name}.{c}: {old[name][c]} before, {new[later][other]} after"
                for c, other in shared.items()
                if old[name][c] != new[later][other]
            ]
            self._rows(con, (name, later), (list(old[name]), list(new[later])), shared)
        return compared

    def _is_ignored(self, table: str, column: str) -> bool:
        return any(fnmatch(f"{table}.{column}", each) for each in (*CLOCKS, *self.options.ignore_column))

    def _rows(
        self,
        con: duckdb.DuckDBPyConnection,
        names: tuple[str, str],
        held: tuple[list[str], list[str]],
        shared: dict[str, str],
    ) -> None:
        """Rows that only one side has, as a multiset; one example with the columns in which it differs."""
        sides = []
        for catalog, name, columns, chosen in zip(
            ("before", "after"), names, held, (shared.keys(), shared.values()), strict=True
        ):
            where = " and ".join(
                f"coalesce({c} not in ({', '.join(repr(v) for v in values)}), true)"
                for c, values in self.ignored.items()
                if values and c in columns
            )
            if name == "ledger.stage_outcome" and (datasets := self.ignored["dataset"]):  # speaks of revisions only
                revisions = f"select id from {catalog}.ledger.file_revision where list_contains({datasets!r}, dataset)"
                where = f"revision_id not in ({revisions})"
            picked = ", ".join(f'"{c}"::varchar as c{n}' for n, c in enumerate(chosen))
            sides.append(f"select {picked} from {catalog}.{name} where {where or 'true'}")
        only = []
        for one, other in (sides, reversed(sides)):
            con.execute(f"create or replace temp table leftover as ({one}) except all ({other})")
            count = con.execute("select count(*) from leftover").fetchone()
            only.append(((count or (0,))[0], con.execute(f"select * from leftover limit {SAMPLE}").fetchall()))
        (gone, lost), (come, found) = only
        if gone or come:
            line = f"{names[0]}: {gone:,} rows only before, {come:,} only after"
            self.differences.append(f"{line}; {_example(list(shared), lost, found)}")


def _example(columns: list[str], lost: list[tuple[Any, ...]], found: list[tuple[Any, ...]]) -> str:
    """The columns in which rows differ, by number of rows, and one row beside the one that resembles it most."""
    if not lost or not found:
        row = (lost or found)[0]
        return "e.g. " + ", ".join(f"{c}={v}" for c, v in zip(columns, row, strict=True) if v is not None)[:400]
    differing: Counter[str] = Counter()
    example = ""
    for row in lost[:50]:
        nearest = min(found, key=lambda other: sum(a != b for a, b in zip(row, other, strict=True)))
        parts = [(c, a, b) for c, a, b in zip(columns, row, nearest, strict=True) if a != b]
        differing.update(c for c, _, _ in parts)
        same = ", ".join(f"{c}={a}" for c, a, b in zip(columns, row, nearest, strict=True) if a == b and a)
        example = example or "; ".join(f"{c}: {a} -> {b}" for c, a, b in parts) + f" where {same[:200]}"
    return f"columns {dict(differing)} of {min(50, len(lost))} rows; e.g. {example}"


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    add = parser.add_argument
    add("before", type=Path)
    add("after", type=Path)
    add("--ignore-dataset", action="append", default=[], help="its rows, and those of its indicators")
    add("--ignore-indicator", action="append", default=[], dest="indicators")
    add("--ignore-column", action="append", default=[], help="schema.table.column; * stands for anything")
    add("--renamed", action="append", default=[], help="schema.table=schema.table, schema.table.column=column, *.c=d")
    add("--added", action="store_true", help="what only the later folder has is told, and is no difference")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """The exit code of a call."""
    return Comparison(_parsed(arguments)).run()


if __name__ == "__main__":
    sys.exit(main())
