"""Warehouses that SQL keeps whole: every public method is one transaction. Engines fill in the few verbs."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from cchc.datasets import DATASETS
from cchc.load.base import Load, Touched, Warehouse, log
from cchc.load.registry import sync
from cchc.load.schema import ANSWERS, DELIVERIES, TABLES, add_column_statement, create_statement

#: The day whose rules judge a dossier.
JUDGED_ON = "coalesce(cast(received_at as date), export_date)"


class TransactionalWarehouse(Warehouse):
    """See ``Warehouse``. A killed process leaves what was committed before."""

    #: What is created of the schema ``raw``.
    tables: ClassVar[Mapping[str, pa.Schema]] = TABLES

    # -- verbs of an engine ------------------------------------------------------------------------------------------

    @abstractmethod
    def append_parquet(self, table: str, schema: pa.Schema, paths: Sequence[Path]) -> None:
        """Append the rows of Parquet files to ``raw.<table>``."""

    @abstractmethod
    def append_table(self, table: str, rows: pa.Table) -> None:
        """Append an Arrow table to ``raw.<table>``."""

    @abstractmethod
    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""

    # -- what the pipeline asks for ------------------------------------------------------------------------------------

    def create(self) -> None:
        """Create the raw schema, or what it lacks. A new warehouse wants a full build first."""
        with self.transaction():
            self.execute("create schema if not exists raw")
            for name, schema in self.tables.items():
                self.execute(create_statement(name, schema))
            there = set(
                self.execute(
                    "select table_name, column_name from information_schema.columns where table_schema = 'raw'"
                )
            )
            for name, schema in self.tables.items():
                for column in schema:
                    if (name, column.name) not in there:
                        self.execute(add_column_statement(name, column))
            if not self.execute("select 1 from raw.build_state"):
                self.execute("insert into raw.build_state values (true, '', 0, 0, true, 0)")

    def _load(self, load: Load) -> None:
        with self.transaction():
            stamp = self.stamp()
            self.stage_keys(sorted(load.revisions))
            self.execute("delete from raw.replaced_dossiers where revision_id in (select revision_id from touched)")
            self._keep_replaced(load.replaced)
            self.stage_keys(sorted(load.revisions | load.replaced | load.discarded))
            for table in (*DATASETS, "quarantine"):
                self._replace(table, load.files.get(table, []), stamp if table in DATASETS else None)
            if load.discarded:
                self._keep_replaced(load.discarded)
                for table in (*(name for name in DATASETS if load.files.get(name)), "quarantine"):
                    self.execute(f"delete from raw.{table} where revision_id in (select revision_id from touched)")

    def replace_revisions(self, table: str, files: Sequence[Path], revisions: set[str], stamp: int | None) -> None:
        """See ``Warehouse.replace_revisions``; within a transaction."""
        self.stage_keys(sorted(revisions))
        self._replace(table, files, stamp)

    def _replace(self, table: str, files: Sequence[Path], stamp: int | None) -> None:
        """The same for the revisions that are staged."""
        if self.execute(f"select 1 from raw.{table} limit 1"):
            if stamp is not None:
                self._note_pending(table, stamp)
            self.execute(f"delete from raw.{table} where revision_id in (select revision_id from touched)")
        if files:
            self.append_parquet(table, TABLES[table], files)
            if stamp is not None:
                self._note_pending(table, stamp)

    def note_pending(self, dataset: str, revisions: set[str], stamp: int) -> None:
        """See ``Warehouse.note_pending``; within a transaction."""
        self.stage_keys(sorted(revisions))
        self._note_pending(dataset, stamp)

    def sync_registry(self, tables: Mapping[str, pa.Table], registry_hash: str) -> list[str]:
        """See ``Warehouse.sync_registry``."""
        with self.transaction():
            changed = sync(self, tables, registry_hash, self.stamp())
        log.info("registry: %d tables replaced%s", len(changed), ": " + ", ".join(changed) if changed else "")
        return changed

    def want_full_build(self) -> None:
        """See ``Warehouse.want_full_build``."""
        with self.transaction():
            self.execute("update raw.build_state set full_refresh = true, stale = true")

    def sync_deliveries(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """See ``Warehouse.sync_deliveries``."""
        listed = list(rows)
        if not listed:
            return 0
        table = pa.Table.from_pylist([{**row, "revision_id": row["id"]} for row in listed], schema=DELIVERIES)
        with self.transaction():
            self.stage_keys(table["revision_id"].to_pylist())
            self.execute("delete from raw.deliveries where revision_id in (select revision_id from touched)")
            self.append_table("deliveries", table)
            newest = max(row["change_no"] for row in listed)
            self.execute("update raw.build_state set synced_no = ?, stale = true", [newest])
        log.info("raw.deliveries: %s file revisions copied from the ledger", f"{len(listed):,}")
        return len(listed)

    def sync_answers(self, rows: Iterable[Mapping[str, Any]]) -> bool:
        """See ``Warehouse.sync_answers``."""
        table = pa.Table.from_pylist([dict(row) for row in rows], schema=ANSWERS)
        held = self.execute(f"select {', '.join(ANSWERS.names)} from raw.objection_answers")
        if sorted(held) == sorted(tuple(row.values()) for row in table.to_pylist()):
            return False
        with self.transaction():
            self.replace_table("objection_answers", table)
            self.execute("update raw.build_state set stale = true")
        log.info("raw.objection_answers: %d answers copied from the ledger", table.num_rows)
        return True

    def begin_build(self) -> dict[str, Any]:
        """See ``Warehouse.begin_build``."""
        with self.transaction():
            newest = "(select coalesce(max(change_no), 1) from raw.pending)"
            self.execute(
                f"update raw.build_state set change_no = greatest(change_no, {newest}), "
                "build_no = coalesce(build_no, 0) + 1"  # null where an earlier version made the table
            )
            self.execute("delete from raw.building")
            self.execute("insert into raw.building select distinct dataset, business_key from raw.pending")
        changed = self.execute("select distinct table_name from raw.registry_changed order by table_name")
        keys = self.execute("select count(*) from raw.building")[0][0]
        return self.state() | {"keys": keys, "changed": [name for (name,) in changed]}

    def finish_build(self) -> None:
        """See ``Warehouse.finish_build``."""
        with self.transaction():
            if self.execute("select 1 from information_schema.tables where table_name = 'int_unserved_keys'"):
                self.execute("delete from intermediate.int_unserved_keys")
            self.execute("delete from raw.pending where change_no <= (select max(change_no) from raw.build_state)")
            self.execute("delete from raw.building")
            self.execute("delete from raw.registry_changed")
            self.execute("update raw.build_state set full_refresh = false, stale = false")

    def state(self) -> dict[str, Any]:
        """See ``Warehouse.state``."""
        names = TABLES["build_state"].names
        return dict(zip(names, self.execute(f"select {', '.join(names)} from raw.build_state")[0], strict=True))

    def replace_table(self, name: str, rows: pa.Table, same_shape: bool = True) -> None:
        """Put an Arrow table in the place of ``raw.<name>``, or of what has other columns; within a transaction."""
        if same_shape:
            self.execute(f"delete from raw.{name}")
        else:
            self.execute(f"drop table if exists raw.{name} cascade")
            self.execute(create_statement(name, rows.schema))
        self.append_table(name, rows)

    def note_dossiers(self, touched: Touched, stamp: int) -> None:
        """The next build recomputes these dossiers; within a transaction."""
        into = "insert into raw.pending select distinct 'dossiers', dossier_code, cast(? as bigint) from raw.dossiers"
        if touched.column:
            self.stage_keys(touched.values)
            self.execute(f"{into} where {touched.column} in (select revision_id from touched)", [stamp])
        elif touched.days is None:
            self.execute(into, [stamp])
        for first, last in touched.days or ():
            self.execute(f"{into} where {JUDGED_ON} between ? and ?", [stamp, first, last])

    def stage_keys(self, ids: Sequence[str]) -> None:
        """Fill the temporary table ``touched`` (column ``revision_id``): whose rows this transaction is about."""
        self.execute("create temporary table if not exists touched (revision_id varchar)")
        self.execute("delete from touched")
        self._fill_touched(pa.table({"revision_id": pa.array(list(ids), pa.string())}))

    # -- inside --------------------------------------------------------------------------------------------------------

    @abstractmethod
    def _fill_touched(self, ids: pa.Table) -> None:
        """Fill the temporary table ``touched``."""

    def stamp(self) -> int | None:
        """The change number of keys noted now, or None while nothing is to be noted.

        Before the first build began nothing is modelled. Once it began, what comes in meanwhile must be noted: the
        build may have read the table already, and its end closes the books.
        """
        begun = self.state()["change_no"]
        return max(time.time_ns(), begun + 1) if begun > 0 else None

    def _keep_replaced(self, revisions: set[str]) -> None:
        """Keep the dossiers of revisions whose rows are about to go: what a file once said is evidence of its own.

        A revision of which nothing is held here keeps what was kept of it, so that a repeated load loses nothing.
        """
        self.stage_keys(sorted(revisions))
        held = "from raw.dossiers where revision_id in (select revision_id from touched)"
        if not revisions or not self.execute(f"select 1 {held} limit 1"):
            return
        self.execute(f"delete from raw.replaced_dossiers where revision_id in (select revision_id {held})")
        columns = ", ".join(TABLES["replaced_dossiers"].names)
        self.execute(f"insert into raw.replaced_dossiers ({columns}) select {columns} {held}")

    def _note_pending(self, dataset: str, stamp: int) -> None:
        key = DATASETS[dataset].recompute_by
        self.execute(
            f"insert into raw.pending select distinct '{dataset}', {key}, cast(? as bigint) from raw.{dataset} "
            "where revision_id in (select revision_id from touched)",
            [stamp],
        )
