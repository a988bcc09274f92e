"""Reading and writing the ledger. Every method is one short transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import sqlalchemy as sa

from cchc.contracts import TIMEZONE, DeliveryKey, Result, Revision
from cchc.ledger import tables as t

#: A delivery is compared with the median of this many before it (contract, section 4).
MEDIAN_OVER, MEDIAN_LEAST, SHORT_SHARE, SHORT_ROWS = 30, 5, 0.8, 50


@dataclass(frozen=True)
class Arrival:
    """A file that was fetched and landed: what the ledger needs to number its revision.

    ``tells_changes`` is false where the source cannot say whether a file changed, so the same bytes are no repeat.
    """

    key: DeliveryKey
    path: str
    fingerprint: str
    sha256: str
    size_bytes: int
    arrived_at: datetime | None
    tells_changes: bool = True


def now() -> datetime:
    """Local time without an offset, as everywhere in the ledger."""
    return datetime.now(ZoneInfo(TIMEZONE)).replace(tzinfo=None)


def open_ledger(url: str) -> Ledger:
    """Connect, and bring the schema up to date."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        if engine.url.database and engine.url.database != ":memory:":
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)

        @sa.event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _record: Any) -> None:
            for pragma in ("journal_mode=WAL", "busy_timeout=60000", "foreign_keys=ON", "synchronous=NORMAL"):
                connection.execute(f"PRAGMA {pragma}")

    ledger = Ledger(engine)
    ledger.migrate()
    return ledger


class Ledger:
    """One ledger database."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def migrate(self) -> None:
        """Run the Alembic migrations that are missing."""
        from alembic import command
        from alembic.config import Config
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(files("cchc.ledger") / "migrations"))
        with self.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        if current != ScriptDirectory.from_config(config).get_current_head():
            with self.engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")

    # -- landing -----------------------------------------------------------------------------------------------------

    def fingerprints(self, day_from: date, day_to: date) -> dict[str, str]:
        """Path -> fingerprint of every file already taken, for export dates of a range."""
        query = sa.select(t.seen_file.c.path, t.seen_file.c.fingerprint).where(
            t.seen_file.c.export_date.between(day_from, day_to)
        )
        with self.engine.connect() as connection:
            return {row.path: row.fingerprint for row in connection.execute(query)}

    def record_arrivals(self, arrivals: Sequence[Arrival]) -> tuple[int, int]:
        """Number the revisions of landed files; returns (new revisions, repeats).

        The same bytes as the newest revision are a repeat; other bytes a new revision.
        """
        if not arrivals:
            return 0, 0
        r = t.file_revision
        days = [arrival.key.export_date for arrival in arrivals]
        stamp = now()
        fresh: list[dict[str, Any]] = []
        repeats: list[str] = []
        with self.engine.begin() as connection:
            change = _next_change(connection)
            query = sa.select(r).where(r.c.export_date.between(min(days), max(days))).order_by(r.c.revision)
            known = {
                key: (row.revision, row.sha256, row.id)
                for row in connection.execute(query)
                if (key := DeliveryKey(row.system, row.unit, row.export_date, row.dataset))
            }
            for arrival in arrivals:
                number, sha256, revision_id = known.get(arrival.key, (0, "", ""))
                if sha256 == arrival.sha256:
                    if arrival.tells_changes:
                        repeats.append(revision_id)
                    continue
                revision = Revision(arrival.key, arrival.path, number + 1, arrival.sha256, arrival.size_bytes)
                known[arrival.key] = (revision.number, revision.sha256, revision.id)
                fresh.append(
                    {
                        "id": revision.id,
                        **vars(arrival.key),
                        "path": arrival.path,
                        "revision": revision.number,
                        "sha256": arrival.sha256,
                        "size_bytes": arrival.size_bytes,
                        "arrived_at": arrival.arrived_at or stamp,
                        "landed_at": stamp,
                        "change_no": change,
                    }
                )
            if fresh:
                connection.execute(sa.insert(r), fresh)
                self._stages(connection, [(row["id"], "land", "landed", None, 0, 0) for row in fresh])
            for revision_id in repeats:
                connection.execute(
                    sa.update(r).where(r.c.id == revision_id).values(repeats=r.c.repeats + 1, change_no=change)
                )
            paths = [arrival.path for arrival in arrivals]
            for some in _chunks(paths, 500):
                connection.execute(sa.delete(t.seen_file).where(t.seen_file.c.path.in_(some)))
            last = {a.path: a for a in arrivals}
            connection.execute(
                sa.insert(t.seen_file),
                [
                    {"path": a.path, "export_date": a.key.export_date, "fingerprint": a.fingerprint}
                    for a in last.values()
                ],
            )
        return len(fresh), len(repeats)

    def record_strays(self, strays: Iterable[tuple[str, str]]) -> int:
        """Remember names that are no delivery; returns how many were new (each is reported once)."""
        named = dict(strays)
        with self.engine.begin() as connection:
            known: set[str] = set(connection.execute(sa.select(t.stray_file.c.path)).scalars())
            fresh = [
                {"path": path, "reason": reason, "first_seen_at": now()}
                for path, reason in named.items()
                if path not in known
            ]
            if fresh:
                connection.execute(sa.insert(t.stray_file), fresh)
        return len(fresh)

    def reopen(self, day_from: date, day_to: date, system: str | None = None, unit: str | None = None) -> int:
        """Mark the decided revisions of some deliveries as landed again, so that they are judged anew."""
        r = t.file_revision
        where = [r.c.export_date.between(day_from, day_to), r.c.outcome != "landed"]
        where += [r.c.system == system] if system else []
        where += [r.c.unit == unit] if unit else []
        with self.engine.begin() as connection:
            cleared = dict.fromkeys(("rows_read", "rows_accepted", "rows_quarantined", "rows_duplicate"), 0)
            done = connection.execute(
                sa.update(r).where(*where).values(outcome="landed", reason=None, detail=None, warnings="", **cleared)
            )
        return done.rowcount

    # -- judging -----------------------------------------------------------------------------------------------------

    def undecided(self) -> list[Revision]:
        """Every landed revision no finished run has judged yet, in a stable order."""
        r = t.file_revision
        query = (
            sa.select(r)
            .where(r.c.outcome == "landed")
            .order_by(r.c.dataset, r.c.system, r.c.export_date, r.c.unit, r.c.revision)
        )
        with self.engine.connect() as connection:
            return [_revision(row) for row in connection.execute(query)]

    def record_results(self, results: Sequence[Result]) -> None:
        """Write how revisions ended, with one row a stage. Call it after the warehouse has committed their rows."""
        r = t.file_revision
        values = [
            {
                "b_id": result.revision.id,
                "outcome": result.outcome,
                "reason": result.reason,
                "detail": result.detail,
                "rows_read": result.rows_read,
                "rows_accepted": result.rows_accepted,
                "rows_quarantined": result.rows_quarantined,
                "rows_duplicate": result.rows_duplicate,
                "warnings": ",".join(sorted(set(result.warnings))),
            }
            for result in results
        ]
        if not values:
            return
        with self.engine.begin() as connection:
            change = _next_change(connection)
            connection.execute(sa.update(r).where(r.c.id == sa.bindparam("b_id")).values(change_no=change), values)
            self._stages(
                connection,
                [
                    (result.revision.id, stage, _stage_outcome(result, stage), result.reason, result.rows_read, ms)
                    for result in results
                    for stage, ms in result.stage_ms.items()
                ],
            )
            self._put_in_force(connection, results, change)

    def _put_in_force(self, connection: sa.Connection, results: Sequence[Result], change: int) -> None:
        """Of each delivery touched, exactly the newest readable revision is in force."""
        r = t.file_revision
        days = [result.revision.key.export_date for result in results]
        touched = {result.revision.key for result in results}
        newest: dict[DeliveryKey, str] = {}
        before: dict[DeliveryKey, set[str]] = {}
        query = (
            sa.select(r.c.id, r.c.system, r.c.unit, r.c.export_date, r.c.dataset, r.c.outcome, r.c.in_force)
            .where(r.c.export_date.between(min(days), max(days)))
            .order_by(r.c.revision)
        )
        for row in connection.execute(query):
            key = DeliveryKey(row.system, row.unit, row.export_date, row.dataset)
            if key not in touched:
                continue
            if row.outcome == "accepted":
                newest[key] = row.id
            if row.in_force:
                before.setdefault(key, set()).add(row.id)
        switch_on = [{"b_id": i, "in_force": True} for k, i in newest.items() if before.get(k, set()) != {i}]
        switch_off = [{"b_id": i, "in_force": False} for k, ids in before.items() for i in ids if newest.get(k) != i]
        for values in (switch_off, switch_on):
            if values:
                statement = sa.update(r).where(r.c.id == sa.bindparam("b_id")).values(change_no=change)
                connection.execute(statement, values)

    def warn_short_deliveries(self, results: Sequence[Result]) -> int:
        """Mark deliveries far below the unit's usual size (contract, section 4); returns how many.

        Below 80 % of the median of the unit's last 30 deliveries (at least five of them), and over 50 rows short.
        """
        accepted = [result for result in results if result.outcome == "accepted"]
        if not accepted:
            return 0
        r = t.file_revision
        units = sorted({result.revision.key.unit for result in accepted})
        query = sa.select(r.c.system, r.c.unit, r.c.dataset, r.c.export_date, r.c.rows_read).where(
            r.c.in_force, r.c.export_date <= max(result.revision.key.export_date for result in accepted)
        )
        if len(units) < 500:
            query = query.where(r.c.unit.in_(units))
        with self.engine.connect() as connection:
            history = pd.DataFrame(connection.execute(query).mappings().all())
        now_read = pd.DataFrame(
            [{**vars(result.revision.key), "n": i, "rows_read": result.rows_read} for i, result in enumerate(accepted)]
        ).drop_duplicates(["system", "unit", "dataset", "export_date"], keep="last")
        past = history.assign(n=-1) if len(history) else history
        keys = ["system", "unit", "dataset", "export_date"]
        both = pd.concat([now_read, past]).drop_duplicates(keys, keep="first").sort_values(keys)
        before = both.groupby(keys[:3], sort=False)["rows_read"].transform(
            lambda s: s.shift(1).rolling(MEDIAN_OVER, min_periods=MEDIAN_LEAST).median()
        )
        short = both[
            (both["n"] >= 0) & (both["rows_read"] < SHORT_SHARE * before) & (before - both["rows_read"] > SHORT_ROWS)
        ]
        for number in short["n"]:
            accepted[number].warnings.append("short_delivery")
        return len(short)

    # -- looking -----------------------------------------------------------------------------------------------------

    def find(self, **equal: Any) -> list[dict[str, Any]]:
        """File revisions as dictionaries, by equality on columns; ``day_from`` and ``day_to`` bound the export date."""
        r = t.file_revision
        query = sa.select(r).order_by(r.c.system, r.c.unit, r.c.export_date, r.c.dataset, r.c.revision)
        if (first := equal.pop("day_from", None)) is not None:
            query = query.where(r.c.export_date >= first)
        if (last := equal.pop("day_to", None)) is not None:
            query = query.where(r.c.export_date <= last)
        for column, value in equal.items():
            if value is not None:
                query = query.where(r.c[column] == value)
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def changed_since(self, change_no: int) -> list[dict[str, Any]]:
        """Decided revisions that changed after ``change_no``: what the warehouse copy lacks."""
        r = t.file_revision
        query = sa.select(r).where(r.c.change_no > change_no, r.c.outcome != "landed").order_by(r.c.id)
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def strays(self) -> list[dict[str, Any]]:
        """Every stray name, with why it is no delivery."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.select(t.stray_file)).mappings()]

    # -- waivers and runs ----------------------------------------------------------------------------------------------

    def waive(self, sha256: str, row_number: int, rule: str, reason: str, decided_by: str) -> None:
        """Record that a row is to be accepted although it breaks a rule: who decided, and why."""
        values = {"sha256": sha256, "row_number": row_number, "rule": rule}
        with self.engine.begin() as connection:
            connection.execute(sa.delete(t.waiver).where(*(t.waiver.c[k] == v for k, v in values.items())))
            connection.execute(
                sa.insert(t.waiver).values(**values, reason=reason, decided_by=decided_by, decided_at=now())
            )

    def waivers(self) -> set[tuple[str, int, str]]:
        """(sha256, row number, rule) of every waived verdict."""
        with self.engine.connect() as connection:
            return {(row.sha256, row.row_number, row.rule) for row in connection.execute(sa.select(t.waiver))}

    def start_run(self, command: str, day_from: date | None, day_to: date | None) -> int:
        """Open a run; returns its number."""
        with self.engine.begin() as connection:
            done = connection.execute(
                sa.insert(t.run).values(command=command, day_from=day_from, day_to=day_to, started_at=now())
            )
        return int((done.inserted_primary_key or [0])[0])

    def finish_run(self, run_id: int, outcome: str, summary: dict[str, Any]) -> None:
        """Close a run with its counts."""
        with self.engine.begin() as connection:
            connection.execute(
                sa.update(t.run)
                .where(t.run.c.id == run_id)
                .values(outcome=outcome, finished_at=now(), summary=json.dumps(summary, default=str))
            )

    @staticmethod
    def _stages(connection: sa.Connection, rows: list[tuple[str, str, str, str | None, int, int]]) -> None:
        stages = {(row[0], row[1]) for row in rows}
        s = t.stage_outcome
        for stage in sorted({stage for _, stage in stages}):
            for some in _chunks([i for i, name in stages if name == stage], 500):
                connection.execute(sa.delete(s).where(s.c.stage == stage, s.c.revision_id.in_(some)))
        names = ("revision_id", "stage", "outcome", "reason", "row_count", "duration_ms")
        if rows:
            stamp = now()
            connection.execute(
                sa.insert(s), [{**dict(zip(names, row, strict=True)), "recorded_at": stamp} for row in rows]
            )


def _next_change(connection: sa.Connection) -> int:
    """A change number above all before it, also where the clock was put back.

    The counter's row stays locked until the transaction ends: numbers follow the order of commits, so that who copies
    "everything above the last number seen" never passes a change over.
    """
    last, clock = t.change_counter.c.last, time.time_ns()
    number = sa.case((last >= clock, last + 1), else_=clock)
    return int(connection.execute(sa.update(t.change_counter).values(last=number).returning(last)).scalar_one())


def _revision(row: Any) -> Revision:
    key = DeliveryKey(row.system, row.unit, row.export_date, row.dataset)
    return Revision(key, row.path, row.revision, row.sha256, row.size_bytes)


def _stage_outcome(result: Result, stage: str) -> str:
    return "refused" if result.outcome == "refused" and stage == "read" else "done"


def _chunks(items: list[str], size: int) -> Iterable[list[str]]:
    return (items[i : i + size] for i in range(0, len(items), size))
