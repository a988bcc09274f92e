"""Iceberg tables: small files and marks of rows that went are put together, snapshots that nobody names expire.

Nothing here changes a row. A served table that was put together shows the same rows in another snapshot, so the map of
``cchc.engines.snapshots`` follows; a process killed between the two leaves readers on the files before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cchc.engines.snapshots import TABLES, Snapshots, current, snapshots
from cchc.engines.spark import Session, Spark
from cchc.load import open_warehouse
from cchc.load.spark import SparkWarehouse
from cchc.serve.spark import follow
from cchc.settings import Settings
from cchc.upkeep.base import Kept

#: So many files of a table before they are put together; one mark of rows that went is enough.
FEWEST_FILES = 5
#: Iceberg leaves files alone that a writer of today may still be about to name.
ORPHAN_DAYS = 3
#: Before every snapshot: expiry by age is off, those that may go are named.
_NEVER = "timestamp '1970-01-01 00:00:00'"


def upkeep(settings: Settings) -> list[Kept]:
    """See ``cchc.upkeep.upkeep``."""
    engine = Spark(settings)
    with open_warehouse(settings) as warehouse, snapshots(engine) as kept, engine.connect() as session:
        assert isinstance(warehouse, SparkWarehouse)
        with warehouse.books.alone(), kept.alone():
            follow(engine, kept.state())  # a serving that was killed may have left the tags behind
            done = [_Table(engine, session, kept, table).tended() for table in _tables(session)]
            done += _dropped(session, kept)
    return [each for each in done if each != Kept(each.table)]


def _tables(session: Session) -> Iterator[str]:
    for (namespace,) in session.rows("show namespaces"):
        views = {name for _, name, *_ in session.rows(f"show views in {namespace}")}
        for _, name, *_ in session.rows(f"show tables in {namespace}"):
            if name not in views:
                yield f"{namespace}.{name}"


def _dropped(session: Session, kept: Snapshots) -> list[Kept]:
    """Served tables that neither readers nor an edition name any more go as a whole."""
    wanted = kept.state().snapshots.keys() | kept.kept().keys()
    tables = [name for _, name, *_ in session.rows(f"show tables in {TABLES}")] if wanted else []
    gone = sorted(set(tables) - wanted)
    for name in gone:
        session.run(f"drop table {TABLES}.{name} purge")
    return [Kept(f"{TABLES}.{name}", expired=1) for name in gone]


class _Table:
    def __init__(self, engine: Spark, session: Session, kept: Snapshots, name: str) -> None:
        self.engine, self.session, self.kept, self.name = engine, session, kept, name
        namespace, _, relation = name.partition(".")
        self.served = relation if namespace == TABLES else ""
        self.system = f"{engine.server.catalogue}.system"

    def tended(self) -> Kept:
        return Kept(self.name, self.compact(), self.expire(), self.orphans())

    def compact(self) -> int:
        """Files put together, where there are many or rows were marked as gone."""
        ((files, marks),) = self.session.rows(
            f"select count_if(content = 0), count_if(content <> 0) from {self.of('files')}"
        )
        if files < FEWEST_FILES and not marks:
            return 0
        before = current(self.session.rows, self.name)
        options = f"map('min-input-files', '{FEWEST_FILES}', 'delete-file-threshold', '1')"
        rewritten = self.call("rewrite_data_files", f"options => {options}")[0][0]
        if marks:
            rewritten += self.call("rewrite_position_delete_files", "options => map('rewrite-all', 'true')")[0][0]
        self.call("rewrite_manifests")
        after = current(self.session.rows, self.name)
        if self.served and before is not None and after is not None:
            self.kept.moved(self.served, before, after)
            follow(self.engine, self.kept.state(), self.served)
        return int(rewritten)

    def expire(self) -> int:
        """Snapshots older than the setting that are not shown, served or an edition's."""
        days = self.engine.settings.keep_snapshots_days
        named = {current(self.session.rows, self.name)}
        if self.served:
            named |= {self.kept.state().snapshots.get(self.served)} | self.kept.kept().get(self.served, set())
        old = [
            number
            for (number,) in self.session.rows(
                f"select snapshot_id from {self.of('snapshots')} "
                f"where committed_at <= current_timestamp() - interval {days} days"
            )
            if number not in named
        ]
        if old:
            numbers = ", ".join(map(str, old))
            self.call("expire_snapshots", f"older_than => {_NEVER}, snapshot_ids => array({numbers})")
        return len(old)

    def orphans(self) -> int:
        """Files in the table's folder that no snapshot names, of writers that died."""
        return len(self.call("remove_orphan_files"))

    def call(self, procedure: str, more: str = "") -> list[tuple[Any, ...]]:
        arguments = f"table => '{self.name}'" + (f", {more}" if more else "")
        return self.session.rows(f"call {self.system}.{procedure}({arguments})")

    def of(self, metadata: str) -> str:
        return f"{self.engine.server.catalogue}.{self.name}.{metadata}"
