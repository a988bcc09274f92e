"""Alerts in the ledger: which matters are open for whom, and how runs that somebody else drives ended."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from cchc.ledger import tables as t
from cchc.ledger.writing import now


@dataclass(frozen=True)
class Told:
    """One matter as one addressee knows it. ``titles``: what it is about, by language. ``items``: what of it was told,
    empty before the first message was taken.

    ``failed_at``: since when a message about it waits, because no server took it.
    """

    matter: str
    addressee: str
    kind: str
    titles: Mapping[str, str]
    items: frozenset[str]
    opened_at: datetime
    told_at: datetime | None = None
    failed_at: datetime | None = None


class Alerting:
    """One ledger database: alerts and runs. Every method is one transaction."""

    engine: sa.Engine

    def open_alerts(self) -> list[Told]:
        """Every matter that is not closed, in a stable order."""
        a = t.alert
        query = sa.select(a).where(a.c.closed_at.is_(None)).order_by(a.c.matter, a.c.addressee)
        with self.engine.connect() as connection:
            return [
                Told(
                    row.matter,
                    row.addressee,
                    row.kind,
                    json.loads(row.titles),
                    frozenset(json.loads(row.told)),
                    row.opened_at,
                    row.told_at,
                    row.failed_at,
                )
                for row in connection.execute(query)
            ]

    def keep_alert(self, told: Told, failure: str | None = None) -> None:
        """Write how an open matter stands for an addressee, in place of what stood there."""
        values = {
            "kind": told.kind,
            "titles": json.dumps(told.titles, ensure_ascii=False),
            "told": json.dumps(sorted(told.items)),
            "told_at": told.told_at,
            "failed_at": told.failed_at,
            "failure": failure,
        }
        self._write(told, values)

    def close_alert(self, told: Told, at: datetime) -> None:
        """The matter is over, and the addressee knows it (or never heard of it)."""
        self._write(told, {"closed_at": at, "failed_at": None, "failure": None})

    def _write(self, told: Told, values: dict[str, Any]) -> None:
        """Change the row, which a first message makes; its commit is on the disk when this returns."""
        a = t.alert
        key = {"matter": told.matter, "addressee": told.addressee, "opened_at": told.opened_at}
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "sqlite":
                # in WAL a commit is else on the disk only later, and a message would be sent again after a crash
                connection.exec_driver_sql("PRAGMA synchronous=FULL")
            done = connection.execute(sa.update(a).where(*(a.c[k] == v for k, v in key.items())).values(**values))
            if not done.rowcount:
                connection.execute(sa.insert(a).values(**key, **values))

    def note_failed_task(self, command: str, reference: str, task: str, error: str, error_kind: str) -> None:
        """A task of a run that somebody else drives failed for good; ``end_run`` takes it into the run's row."""
        row = {"command": command, "reference": reference, "task": task, "error": error, "error_kind": error_kind}
        with self.engine.begin() as connection:
            connection.execute(sa.insert(t.task_failure).values(**row, failed_at=now()))

    def end_run(self, command: str, reference: str, outcome: str, started_at: datetime | None = None) -> None:
        """A run that somebody else drives has ended: ``finished`` or ``failed``, with the tasks that failed in it."""
        f, ended = t.task_failure, now()
        with self.engine.begin() as connection:
            mine = sa.and_(f.c.command == command, f.c.reference == reference)
            failed = connection.execute(sa.select(f).where(mine).order_by(f.c.id)).all()
            connection.execute(sa.delete(f).where(mine))
            summary: dict[str, Any] = {"reference": reference}
            if failed:
                summary |= {"error": failed[0].error, "error_kind": failed[0].error_kind}
                summary["tasks"] = {}
                for each in failed:  # in order: what failed first is mostly the cause
                    summary["tasks"].setdefault(each.task, each.error)
            row = {"command": command, "outcome": outcome, "started_at": started_at or ended, "finished_at": ended}
            connection.execute(sa.insert(t.run).values(**row, summary=json.dumps(summary)))

    def last_runs(self, commands: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
        """Command -> its last run that has ended, with its ``summary`` as a dictionary; of some commands, or of all."""
        r = t.run
        query = sa.select(sa.func.max(r.c.id)).where(r.c.finished_at.is_not(None)).group_by(r.c.command)
        query = query.where(r.c.command.in_(commands)) if commands is not None else query
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(r).where(r.c.id.in_(query)).order_by(r.c.command)).mappings()
            return {row["command"]: {**row, "summary": json.loads(row["summary"])} for row in rows}

    def failing_since(self, command: str) -> datetime | None:
        """When the first of the failed runs began that a command ended with since it last finished; None: none."""
        r = t.run
        mine = sa.and_(r.c.command == command, r.c.finished_at.is_not(None))
        good = sa.select(sa.func.coalesce(sa.func.max(r.c.id), 0)).where(mine, r.c.outcome == "finished")
        query = sa.select(sa.func.min(r.c.finished_at)).where(mine, r.c.id > good.scalar_subquery())
        with self.engine.connect() as connection:
            found: datetime | None = connection.execute(query).scalar()
        return found

    def last_look(self, commands: Collection[str]) -> datetime | None:
        """When the last run began that looked at the sources up to yesterday or later and got through.

        One that failed for its share of failures got through, too: what it could not fetch is in the ledger.
        """
        r = t.run
        query = sa.select(r).where(r.c.command.in_(commands), r.c.finished_at.is_not(None)).order_by(r.c.id.desc())
        with self.engine.connect() as connection:
            for row in connection.execute(query.limit(100)):
                through = row.outcome == "finished" or json.loads(row.summary).get("error_kind") == "ShareExceeded"
                if through and (row.day_to is None or (row.started_at.date() - row.day_to).days <= 2):
                    started: datetime = row.started_at
                    return started
        return None
