"""Destruction of landed bytes by law, in the ledger: decided before the bytes go, closed after.

Source: Law 91/2025/QH15 on personal data protection, decree 356/2025/NĐ-CP. Hash, size, basis, day and person stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from cchc.ledger import tables as t
from cchc.ledger.writing import next_change, now


@dataclass(frozen=True)
class Destruction:
    """One set of bytes. ``destroyed_at`` is None between the decision and the end of it."""

    sha256: str
    size_bytes: int
    basis: str
    decided_by: str
    chosen: str
    decided_at: datetime
    destroyed_at: datetime | None

    @property
    def said(self) -> str:
        """Basis, day and person in one line."""
        day = (self.destroyed_at or self.decided_at).date()
        return f"{self.basis}, {day}, {self.decided_by}"


class Destroying:
    """One ledger database: what was destroyed."""

    engine: sa.Engine

    def destructions(self) -> dict[str, Destruction]:
        """SHA-256 -> its destruction, decided or done."""
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(t.destruction).order_by(t.destruction.c.decided_at)).mappings()
            return {row["sha256"]: Destruction(**row) for row in rows}

    def decide_destruction(
        self, revision_ids: Collection[str], basis: str, decided_by: str, chosen: str
    ) -> list[Destruction]:
        """Write down that the bytes of some revisions go; returns what was written.

        Only bytes that no other revision names, and no revision that waits to be judged: what came in since the choice
        was made is asked here once more. The decision is on the disk when this returns.
        """
        r, d = t.file_revision, t.destruction
        wanted = set(revision_ids)
        stamp = now()
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                # in WAL a commit is else on the disk only later, and the bytes would be gone without a word
                connection.exec_driver_sql("PRAGMA synchronous=FULL")
            known: set[str] = set(connection.execute(sa.select(d.c.sha256)).scalars())
            sizes: dict[str, int] = {}
            kept: set[str] = set()
            for row in connection.execute(sa.select(r.c.id, r.c.sha256, r.c.size_bytes, r.c.outcome)):
                sizes |= {row.sha256: row.size_bytes} if row.id in wanted else {}
                if row.id not in wanted or row.outcome == "landed":
                    kept.add(row.sha256)
            rows: list[dict[str, Any]] = [
                {
                    "sha256": sha256,
                    "size_bytes": size,
                    "basis": basis,
                    "decided_by": decided_by,
                    "chosen": chosen,
                    "decided_at": stamp,
                }
                for sha256, size in sorted(sizes.items())
                if sha256 not in kept | known
            ]
            if rows:
                connection.execute(sa.insert(d), rows)
            connection.commit()
        return [Destruction(**row, destroyed_at=None) for row in rows]

    def close_destruction(self, sha256s: Iterable[str]) -> None:
        """The bytes are gone: the day stands from now on, and the warehouse's copy is to be told."""
        r, d = t.file_revision, t.destruction
        with self.engine.begin() as connection:
            change = next_change(connection)
            for sha256 in sha256s:
                connection.execute(
                    sa.update(d).where(d.c.sha256 == sha256, d.c.destroyed_at.is_(None)).values(destroyed_at=now())
                )
                connection.execute(sa.update(r).where(r.c.sha256 == sha256).values(change_no=change))

    def beyond_replay(
        self, day_from: date, day_to: date, system: str | None = None, unit: str | None = None
    ) -> list[tuple[str, Destruction]]:
        """(path, destruction) of the revisions that a replay of these deliveries leaves as they are."""
        r = t.file_revision
        query = sa.select(r.c.path, t.destruction).join(t.destruction, r.c.sha256 == t.destruction.c.sha256)
        query = query.where(r.c.export_date.between(day_from, day_to))
        query = query.where(*([r.c.system == system] if system else []), *([r.c.unit == unit] if unit else []))
        with self.engine.connect() as connection:
            rows = [dict(row) for row in connection.execute(query.order_by(r.c.path)).mappings()]
        return [(str(row.pop("path")), Destruction(**row)) for row in rows]
