"""The warehouse of several machines: rows in Iceberg tables through Spark, and what waits to be built in PostgreSQL.

Iceberg keeps one commit of one table whole, not several. So what a load is about is noted first, then each table
changes in one commit that gives the same however often it is repeated, then it is noted as done: a load that dies
between two commits is repeated by whoever asked for it, and ends in the same tables. PostgreSQL is the truth of what
it holds; tables of the lake that follow it are marked as behind until they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cchc.datasets import DATASETS
from cchc.engines.literals import with_values
from cchc.engines.spark import Spark
from cchc.load import iceberg
from cchc.load.base import Load, Warehouse, log
from cchc.load.iceberg import Days, file, within
from cchc.load.schema import ANSWERS, DELIVERIES, TABLES
from cchc.load.spark_parts import Books, Lake
from cchc.settings import Settings
from cchc.shelf import workplace

#: Tables of the lake: all, but what no model reads.
LAKE = {name: schema for name, schema in TABLES.items() if name != "registry_changed"}


class SparkWarehouse(Warehouse):
    """See ``Warehouse``."""

    def __init__(self, engine: Spark, folder: Path) -> None:
        self.lake = Lake(engine, folder)
        self.books = Books(self.lake)
        self._create()

    def close(self) -> None:
        """End both sessions."""
        self.lake.close()
        self.books.close()

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement of Spark's; returns its rows."""
        return self.lake.session.rows(with_values(sql, parameters))

    def select(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run one query; returns its columns' names, and its rows."""
        return self.lake.session.select(sql)

    # -- loads -----------------------------------------------------------------------------------------------------

    def _load(self, load: Load) -> None:
        standing = {
            **dict.fromkeys(load.discarded, "discarded"),
            **dict.fromkeys(load.replaced, "replaced"),
            **dict.fromkeys(load.revisions, "in_force"),
        }
        with self._named(standing) as ids:
            held = self._held((*DATASETS, "quarantine", "replaced_dossiers"), ids, load.days)
            if (stamp := self.books.stamp()) is not None:
                self._note(load.files, held, ids, load.days, stamp)
            changed = self._keep_replaced(load, held, ids)
            left = f"select revision_id from {ids} where standing = 'discarded'" if load.discarded else ""
            for table in (*DATASETS, "quarantine"):
                changed += self._replace(table, load.files.get(table, []), held, ids, load.days, left)
            self._mark(changed)

    def replace_revisions(self, table: str, files: Sequence[Path], revisions: set[str], stamp: int | None) -> None:
        """See ``Warehouse.replace_revisions``."""
        with self._named(dict.fromkeys(revisions, "replaced")) as ids:
            held = self._held([table], ids, None)
            if stamp is not None:
                self._note({table: list(files)}, held, ids, None, stamp)
            self._mark(self._replace(table, files, held, ids, None))

    def note_pending(self, dataset: str, revisions: set[str], stamp: int) -> None:
        """See ``Warehouse.note_pending``."""
        with self._named(dict.fromkeys(revisions, "in_force")) as ids:
            self._note({}, {dataset}, ids, None, stamp)

    def sync_deliveries(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """See ``Warehouse.sync_deliveries``."""
        listed = list(rows)
        if not listed:
            return 0
        table = pa.Table.from_pylist([{**row, "revision_id": row["id"]} for row in listed], schema=DELIVERIES)
        days = min(row["export_date"] for row in listed), max(row["export_date"] for row in listed)
        with self._named(dict.fromkeys(table["revision_id"].to_pylist(), "replaced")) as ids:
            with self.lake.handed(table) as path:
                held = self._held(["deliveries"], ids, days)
                self._mark(self._replace("deliveries", [path], held, ids, days))
            newest = max(row["change_no"] for row in listed)
            self.books.execute("update raw.build_state set synced_no = ?, stale = true", [newest])
        log.info("raw.deliveries: %s file revisions copied from the ledger", f"{len(listed):,}")
        return len(listed)

    # -- the state, which the books keep -------------------------------------------------------------------------------

    def sync_registry(self, tables: Mapping[str, pa.Table], registry_hash: str) -> list[str]:
        """See ``Warehouse.sync_registry``."""
        with self.books.alone():
            changed = self.books.sync_registry(tables, registry_hash)
            self._follow(tables)
        return changed

    def sync_answers(self, rows: Iterable[Mapping[str, Any]]) -> bool:
        """See ``Warehouse.sync_answers``."""
        listed = [dict(row) for row in rows]
        with self.books.alone():
            changed = self.books.sync_answers(listed)
            self._follow({"objection_answers": pa.Table.from_pylist(listed, schema=ANSWERS)})
        return changed

    def want_full_build(self) -> None:
        """See ``Warehouse.want_full_build``."""
        self.books.want_full_build()

    def state(self) -> dict[str, Any]:
        """See ``Warehouse.state``."""
        return self.books.state()

    def begin_build(self) -> dict[str, Any]:
        """See ``Warehouse.begin_build``: the snapshot is copied into the lake, where models read it."""
        with self.books.alone():
            state = self.books.begin_build()
            for table in ("building", "build_state"):
                self.lake.put(table, self.books.rows_of(table))
            self.lake.put("pending", TABLES["pending"].empty_table())  # what comes in from now on
        return state

    def finish_build(self) -> None:
        """See ``Warehouse.finish_build``."""
        with self.books.alone():
            run, rows = self.lake.session.run, self.lake.session.rows
            if rows("show namespaces like 'intermediate'") and rows(
                "show tables in intermediate like 'int_unserved_keys'"
            ):
                run("delete from intermediate.int_unserved_keys")
            run("delete from raw.building")
            self.books.finish_build()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _create(self) -> None:
        """Create the tables of the lake, or what they lack."""
        made = dict(self.books.execute("select table_name, columns from raw.lake_tables"))
        wanted = {name: ", ".join(f"{each.name} {each.type}" for each in schema) for name, schema in LAKE.items()}
        if all(made.get(name) == columns for name, columns in wanted.items()):
            return
        with self.books.alone():
            self.lake.session.run("create namespace if not exists raw")
            for name, columns in wanted.items():
                if made.get(name) == columns:
                    continue
                self.lake.session.run(iceberg.create_statement(f"raw.{name}", LAKE[name]))
                there = self.lake.session.select(f"select * from raw.{name} where false")[0]
                for column in LAKE[name]:
                    if column.name not in there:
                        self.lake.session.run(iceberg.add_column_statement(f"raw.{name}", column))
                with self.books.transaction():
                    self.books.execute("delete from raw.lake_tables where table_name = ?", [name])
                    self.books.execute("insert into raw.lake_tables values (?, ?, null)", [name, columns])

    @contextmanager
    def _named(self, standing: Mapping[str, str]) -> Iterator[str]:
        """Revisions and how each stands, as a relation of the lake, while nobody else writes."""
        ids = pa.table(
            {"revision_id": pa.array(standing, pa.string()), "standing": pa.array(standing.values(), pa.string())}
        )
        with self.books.alone(), self.lake.handed(ids) as path:
            yield file(path)

    def _held(self, tables: Iterable[str], ids: str, days: Days) -> set[str]:
        """Which of these tables hold rows of the revisions."""
        asked = [
            f"(select '{table}' as name from raw.{table} as t left semi join {ids} as i "
            f"on t.revision_id = i.revision_id where {within('t', days)} limit 1)"
            for table in tables
        ]
        return {str(name) for (name,) in self.lake.session.rows(" union all ".join(asked))}

    def _note(self, files: Mapping[str, Sequence[Path]], held: set[str], ids: str, days: Days, stamp: int) -> None:
        """Keys that lose or gain rows are pending before the first row moves; a build that runs sees that some came."""
        keys: dict[str, set[str]] = {}
        for name in (each for each in DATASETS if files.get(each)):
            key = DATASETS[name].recompute_by
            keys[name] = {one for path in files[name] for one in _column(path, key).unique().to_pylist()}
        asked = [
            f"select distinct '{name}', t.{DATASETS[name].recompute_by} from raw.{name} as t left semi join {ids} as i "
            f"on t.revision_id = i.revision_id where {within('t', days)}"
            for name in DATASETS
            if name in held
        ]
        for name, key in self.lake.session.rows(" union all ".join(asked)) if asked else []:
            keys.setdefault(name, set()).add(key)
        self.books.note_keys(keys, stamp)
        if any(keys.values()):
            self.lake.session.run(f"insert into raw.pending values ('', '', {stamp})")

    def _keep_replaced(self, load: Load, held: set[str], ids: str) -> list[str]:
        """Keep the dossiers of revisions whose rows are about to go; see ``TransactionalWarehouse``."""
        schema = TABLES["replaced_dossiers"]
        columns = ", ".join(f"t.{name}" for name in schema.names)

        def of(rows: str, standing: str) -> str:
            return (
                f"select {columns} from {rows} as t left semi join (select * from {ids} where standing = '{standing}') "
                f"as i on t.revision_id = i.revision_id where {within('t', load.days)}"
            )

        sources = [of("raw.dossiers", "replaced")] if load.replaced and "dossiers" in held else []
        if load.discarded:
            sources += [of(file(path), "discarded") for path in load.files.get("dossiers", [])]
        if not sources and "replaced_dossiers" not in held:
            return []
        gone = [f"select revision_id from {ids} where standing = 'in_force'"]
        gone += [f"select revision_id from ({source})" for source in sources]
        statement = iceberg.merge_statement("raw.replaced_dossiers", schema, " union ".join(gone), sources, load.days)
        self.lake.session.run(statement)
        return ["replaced_dossiers"]

    def _replace(
        self, table: str, files: Sequence[Path], held: set[str], ids: str, days: Days, left: str = ""
    ) -> list[str]:
        """Of one table the rows of the revisions go, those of the files come, but of revisions that are left out.

        Never a plain insert: Spark may go on with a statement whose client was killed, and of two merges that saw the
        same state one is refused, where two inserts would put the rows there twice.
        """
        sources = [iceberg.select_statement(TABLES[table], path, left) for path in files]
        if table not in held and not sources:
            return []
        gone = f"select revision_id from {ids}"
        self.lake.session.run(iceberg.merge_statement(f"raw.{table}", TABLES[table], gone, sources, days))
        return [table]

    def _mark(self, changed: Sequence[str]) -> None:
        """Note the snapshots that a load left."""
        with self.books.transaction():
            for table, number in self.lake.snapshots(changed) if changed else []:
                self.books.execute("update raw.lake_tables set snapshot_id = ? where table_name = ?", [number, table])

    def _follow(self, tables: Mapping[str, pa.Table]) -> None:
        """Bring tables of the lake that are behind to what the books hold, which is these rows."""
        for (name,) in self.books.execute("select distinct table_name from raw.behind order by table_name"):
            if name in tables:
                self.lake.put(name, tables[name])
                self.books.execute("delete from raw.behind where table_name = ?", [name])


def _column(path: Path, name: str) -> pa.ChunkedArray:
    with path.open("rb") as stream:
        return pq.read_table(stream, columns=[name])[name]


def open_warehouse(settings: Settings) -> SparkWarehouse:
    """The catalogue and the database of the settings; executors must see the folder of staged files."""
    return SparkWarehouse(Spark(settings), workplace(settings.staged) / "lake")
