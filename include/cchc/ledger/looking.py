"""Looking into the ledger: what was delivered, what became of it, what waits. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from cchc.contracts import BY_PERIOD, DeliveryKey, Revision
from cchc.ledger import tables as t


class Looking:
    """One ledger database, read. Every method is one short transaction."""

    engine: sa.Engine

    def seen(self, day_from: date, day_to: date) -> dict[str, tuple[str, str | None]]:
        """Path -> fingerprint and SHA-256 of every file already taken, for export dates of a range."""
        query = sa.select(t.seen_file).where(t.seen_file.c.export_date.between(day_from, day_to))
        with self.engine.connect() as connection:
            return {row.path: (row.fingerprint, row.sha256) for row in connection.execute(query)}

    def unfetched(
        self, day_from: date, day_to: date, system: str | None = None, unit: str | None = None
    ) -> list[dict[str, Any]]:
        """What the last looks could not fetch, for export dates of a range, in order."""
        f = t.fetch_failure
        query = sa.select(f).where(f.c.export_date.between(day_from, day_to))
        query = query.where(*([f.c.system == system] if system else []), *([f.c.unit == unit] if unit else []))
        with self.engine.connect() as connection:
            ordered = query.order_by(f.c.export_date, f.c.system, f.c.unit, f.c.path)
            return [dict(row) for row in connection.execute(ordered).mappings()]

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

    def deliveries(self, day_from: date, day_to: date, system: str | None = None) -> Sequence[Any]:
        """A row a delivery of some export dates: system, unit, export_date, dataset, undecided (0 or 1)."""
        r = t.file_revision
        key = (r.c.system, r.c.unit, r.c.export_date, r.c.dataset)
        undecided = sa.func.max(sa.case((r.c.outcome == "landed", 1), else_=0)).label("undecided")
        query = sa.select(*key, undecided).where(r.c.export_date.between(day_from, day_to)).group_by(*key)
        with self.engine.connect() as connection:
            return connection.execute(query.where(*([r.c.system == system] if system else []))).all()

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
        """Decided revisions that changed after ``change_no``: what the warehouse copy lacks.

        ``destroyed_on`` and ``destroyed_basis``: of their landed bytes, where those were destroyed by law.
        """
        r, d = t.file_revision, t.destruction
        query = (
            sa.select(r, d.c.destroyed_at.label("destroyed_on"), d.c.basis.label("destroyed_basis"))
            .outerjoin(d, sa.and_(r.c.sha256 == d.c.sha256, d.c.destroyed_at.is_not(None)))
            .where(r.c.change_no > change_no, r.c.outcome != "landed")
            .order_by(r.c.id)
        )
        with self.engine.connect() as connection:
            found = [dict(row) for row in connection.execute(query).mappings()]
        return [row | {"destroyed_on": row["destroyed_on"] and row["destroyed_on"].date()} for row in found]

    def last_day(self) -> date | None:
        """The last export date of which anything was delivered."""
        with self.engine.connect() as connection:
            found: date | None = connection.execute(sa.select(sa.func.max(t.file_revision.c.export_date))).scalar()
        return found

    def last_arrival(self) -> datetime | None:
        """When the last file arrived, local time."""
        with self.engine.connect() as connection:
            found: datetime | None = connection.execute(sa.select(sa.func.max(t.file_revision.c.arrived_at))).scalar()
        return found

    def last_landing(self) -> datetime | None:
        """When the last file was taken in, local time."""
        with self.engine.connect() as connection:
            found: datetime | None = connection.execute(sa.select(sa.func.max(t.file_revision.c.landed_at))).scalar()
        return found

    def business_days(self) -> list[date]:
        """Every day of which any system delivered something, in order."""
        r = t.file_revision
        query = sa.select(r.c.export_date).where(r.c.dataset.not_in(BY_PERIOD)).distinct().order_by(r.c.export_date)
        with self.engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def first_days(self) -> dict[str, date]:
        """System -> export date of its first delivery."""
        r = t.file_revision
        query = sa.select(r.c.system, sa.func.min(r.c.export_date)).where(r.c.dataset.not_in(BY_PERIOD))
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(r.c.system))}

    def runs(self, outcome: str | None = None) -> list[dict[str, Any]]:
        """Runs with their counts, the newest first; ``outcome``: running, finished, failed or died."""
        query = sa.select(t.run).order_by(t.run.c.id.desc())
        if outcome:
            query = query.where(t.run.c.outcome == outcome)
        with self.engine.connect() as connection:
            return [{**row, "summary": json.loads(row["summary"])} for row in connection.execute(query).mappings()]

    def stage_milliseconds(self, first: date, last: date) -> dict[str, int]:
        """Stage -> what it took for the files of some export dates, all added up."""
        s, r = t.stage_outcome, t.file_revision
        query = (
            sa.select(s.c.stage, sa.func.sum(s.c.duration_ms))
            .join(r, r.c.id == s.c.revision_id)
            .where(r.c.export_date.between(first, last))
            .group_by(s.c.stage)
        )
        with self.engine.connect() as connection:
            found: list[Any] = list(connection.execute(query))
        return {row[0]: int(row[1]) for row in found}

    def strays(self) -> list[dict[str, Any]]:
        """Every stray name, with why it is no delivery."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.select(t.stray_file)).mappings()]

    def waivers(self) -> set[tuple[str, int, str]]:
        """(sha256, row number, rule) of every waived verdict."""
        with self.engine.connect() as connection:
            return {(row.sha256, row.row_number, row.rule) for row in connection.execute(sa.select(t.waiver))}

    def objection_answers(self) -> list[dict[str, Any]]:
        """Every answer to an objection, in order of unit, objection and answer."""
        a = t.objection_answer
        query = sa.select(a).order_by(a.c.unit, a.c.objection_number, a.c.answer_no)
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _revision(row: Any) -> Revision:
    key = DeliveryKey(row.system, row.unit, row.export_date, row.dataset)
    return Revision(key, row.path, row.revision, row.sha256, row.size_bytes)
