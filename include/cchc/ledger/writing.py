"""Writing into the ledger: what landed, how it was judged, what a person decided. Every method is one transaction."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from cchc.contracts import TIMEZONE, DeliveryKey, Result, Revision, Unfetched
from cchc.errors import FileRefused
from cchc.ledger import tables as t
from cchc.ledger.standing import weigh

log = logging.getLogger("cchc.ledger")


@dataclass(frozen=True)
class Arrival:
    """A file that was fetched and landed: what the ledger needs to number its revision.

    ``tells_changes`` is false where the source did not say that the file changed, so the same bytes are no repeat.
    ``warnings``: of how it came, kept on its revision.
    """

    key: DeliveryKey
    path: str
    fingerprint: str
    sha256: str
    size_bytes: int
    arrived_at: datetime | None
    tells_changes: bool = True
    warnings: tuple[str, ...] = ()


def now() -> datetime:
    """Local time without an offset, as everywhere in the ledger."""
    return datetime.now(ZoneInfo(TIMEZONE)).replace(tzinfo=None)


class Writing:
    """One ledger database, written."""

    engine: sa.Engine

    def record_arrivals(self, arrivals: Sequence[Arrival]) -> tuple[int, int]:
        """Number the revisions of landed files; returns (new revisions, repeats).

        The same bytes as the newest revision are a repeat; other bytes a new revision. Bytes that were destroyed by law
        stay so: a new revision of them is refused (``bytes_destroyed``), for nobody can read it.
        """
        if not arrivals:
            return 0, 0
        r = t.file_revision
        days = [arrival.key.export_date for arrival in arrivals]
        stamp = now()
        fresh: list[dict[str, Any]] = []
        repeats: list[str] = []
        with self.engine.begin() as connection:
            change = next_change(connection)
            columns = (r.c.system, r.c.unit, r.c.export_date, r.c.dataset, r.c.revision, r.c.sha256, r.c.id)
            query = sa.select(*columns).where(
                r.c.export_date.between(min(days), max(days)), r.c.system.in_({a.key.system for a in arrivals})
            )
            known = {
                DeliveryKey(row[0], row[1], row[2], row[3]): (row.revision, row.sha256, row.id)
                for row in connection.execute(query.order_by(r.c.revision))
            }
            gone = {row.sha256: row for row in connection.execute(sa.select(t.destruction))}
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
                        "warnings": ",".join(sorted(arrival.warnings)),
                        "arrival_warnings": ",".join(sorted(arrival.warnings)),
                        **_outcome(gone.get(arrival.sha256)),
                    }
                )
            if fresh:
                connection.execute(sa.insert(r), fresh)
                self._stages(connection, [(row["id"], "land", row["outcome"], row["reason"], 0, 0) for row in fresh])
            if repeats:
                again = sa.update(r).where(r.c.id == sa.bindparam("b_id"))
                again = again.values(repeats=r.c.repeats + 1, change_no=change)
                connection.execute(again, [{"b_id": revision_id} for revision_id in repeats])
            paths = [arrival.path for arrival in arrivals]
            for some in _chunks(paths, 500):
                connection.execute(sa.delete(t.seen_file).where(t.seen_file.c.path.in_(some)))
            last = {a.path: a for a in arrivals}
            connection.execute(
                sa.insert(t.seen_file),
                [
                    {
                        "path": a.path,
                        "export_date": a.key.export_date,
                        "fingerprint": a.fingerprint,
                        "sha256": a.sha256,
                    }
                    for a in last.values()
                ],
            )
        return len(fresh), len(repeats)

    def warn_of_arrival(self, warned: Mapping[DeliveryKey, tuple[str, ...]]) -> None:
        """Keep warnings on the newest revision of deliveries of which nothing new came (two names of one dataset)."""
        r = t.file_revision
        with self.engine.begin() as connection:
            for key, warnings in warned.items():
                where = [r.c[name] == value for name, value in vars(key).items()]
                row = connection.execute(sa.select(r).where(*where).order_by(r.c.revision.desc())).first()
                if row is None or set(warnings) <= _parts(row.arrival_warnings):
                    continue
                values = {
                    "arrival_warnings": _joined(row.arrival_warnings, warnings),
                    "warnings": _joined(row.warnings, warnings),
                    "change_no": next_change(connection),
                }
                connection.execute(sa.update(r).where(r.c.id == row.id).values(**values))

    def record_strays(self, strays: Iterable[tuple[str, ...]]) -> int:
        """Remember names that are no delivery, as (path, reason, likely meaning where there is one).

        Returns how many were new (each is reported once).
        """
        named = {path: (reason, *likely, "")[:2] for path, reason, *likely in strays}
        with self.engine.begin() as connection:
            known: set[str] = set(connection.execute(sa.select(t.stray_file.c.path)).scalars())
            fresh = [
                {"path": path, "reason": reason, "likely": likely, "first_seen_at": now()}
                for path, (reason, likely) in named.items()
                if path not in known
            ]
            if fresh:
                connection.execute(sa.insert(t.stray_file), fresh)
        return len(fresh)

    def record_unfetched(self, looked: Mapping[tuple[str, str], Sequence[date]], failed: Iterable[Unfetched]) -> None:
        """Note what a look at the folders of (system, unit) and days could not fetch; what it could is forgotten."""
        f = t.fetch_failure
        stamp = now()
        days = [day for each in looked.values() for day in each]
        if not days:
            return
        with self.engine.begin() as connection:
            before = {
                (row.system, row.unit, row.export_date, row.path): row.first_failed_at
                for row in connection.execute(sa.select(f).where(f.c.export_date.between(min(days), max(days))))
                if row.export_date in looked.get((row.system, row.unit), ())
            }
            if before:
                gone = [dict(zip(("s", "u", "d", "p"), key, strict=True)) for key in before]
                one = sa.and_(f.c.system == sa.bindparam("s"), f.c.unit == sa.bindparam("u"))
                which = sa.and_(f.c.export_date == sa.bindparam("d"), f.c.path == sa.bindparam("p"))
                connection.execute(sa.delete(f).where(one, which), gone)
            rows = {(each.system, each.unit, each.export_date, each.path): vars(each) for each in failed}
            if rows:
                kept = [
                    {**row, "first_failed_at": before.get(key, stamp), "last_failed_at": stamp}
                    for key, row in rows.items()
                ]
                connection.execute(sa.insert(f), kept)

    def reopen(self, day_from: date, day_to: date, system: str | None = None, unit: str | None = None) -> int:
        """Mark the decided revisions of some deliveries as landed again, so that they are judged anew.

        Where the bytes were destroyed by law nothing can be judged: those stay as they are (``beyond_replay``).
        """
        r = t.file_revision
        where = [r.c.export_date.between(day_from, day_to), r.c.outcome != "landed"]
        where += [r.c.sha256.not_in(sa.select(t.destruction.c.sha256))]
        where += [r.c.system == system] if system else []
        where += [r.c.unit == unit] if unit else []
        with self.engine.begin() as connection:
            cleared = dict.fromkeys(("rows_read", "rows_accepted", "rows_quarantined", "rows_duplicate"), 0)
            done = connection.execute(
                sa.update(r)
                .where(*where)
                .values(outcome="landed", reason=None, detail=None, warnings=r.c.arrival_warnings, **cleared)
            )
        return done.rowcount

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
            change = next_change(connection)
            came = sa.select(r.c.id, r.c.arrival_warnings).where(r.c.arrival_warnings != "")
            by_id = {str(value["b_id"]): value for value in values}
            for some in _chunks([*by_id], 500):
                for row in connection.execute(came.where(r.c.id.in_(some))):
                    mine = by_id[row.id]
                    mine["warnings"] = _joined(str(mine["warnings"]), _parts(row.arrival_warnings))
            connection.execute(sa.update(r).where(r.c.id == sa.bindparam("b_id")).values(change_no=change), values)
            self._stages(
                connection,
                [
                    (result.revision.id, stage, _stage_outcome(result, stage), result.reason, result.rows_read, ms)
                    for result in results
                    for stage, ms in result.stage_ms.items()
                ],
            )
            standing = weigh(connection, results)
            for is_in_force, ids in ((False, standing.ended), (True, standing.begun)):
                statement = sa.update(r).where(r.c.id == sa.bindparam("b_id")).values(change_no=change)
                if ids:
                    connection.execute(statement, [{"b_id": i, "in_force": is_in_force} for i in sorted(ids)])

    def waive(self, sha256: str, row_number: int, rule: str, reason: str, decided_by: str) -> None:
        """Record that a row is to be accepted although it breaks a rule: who decided, and why."""
        values = {"sha256": sha256, "row_number": row_number, "rule": rule}
        with self.engine.begin() as connection:
            connection.execute(sa.delete(t.waiver).where(*(t.waiver.c[k] == v for k, v in values.items())))
            connection.execute(
                sa.insert(t.waiver).values(**values, reason=reason, decided_by=decided_by, decided_at=now())
            )

    def answer_objection(
        self, unit: str, number: str, decision: str, decided_by: str, decided_on: date, note: str
    ) -> int:
        """Record an answer to an objection; returns its number, from 1. Earlier answers stay."""
        a = t.objection_answer
        with self.engine.begin() as connection:
            next_change(connection)  # its lock: of two answers at a time one comes after the other
            same = sa.select(sa.func.max(a.c.answer_no)).where(a.c.unit == unit, a.c.objection_number == number)
            answer_no = int(connection.execute(same).scalar() or 0) + 1
            row = {"unit": unit, "objection_number": number, "answer_no": answer_no, "decision": decision}
            connection.execute(sa.insert(a), {**row, "decided_by": decided_by, "decided_on": decided_on, "note": note})
        return answer_no

    def start_run(self, command: str, day_from: date | None, day_to: date | None, place: str = "") -> int:
        """Open a run; returns its number. ``place``: machine and folder, in which the caller holds the lock of runs.

        Runs of that place which are still open have died: who held the lock is gone. They are closed as ``died``.
        Without a place nobody else's run is judged.
        """
        stamp = now()
        with self.engine.begin() as connection:
            for dead in self._open_runs(connection, place) if place else ():
                log.warning("the run %d of %s died; what it left is finished now", dead.id, dead.started_at)
                connection.execute(
                    sa.update(t.run)
                    .where(t.run.c.id == dead.id)
                    .values(outcome="died", finished_at=stamp, summary=json.dumps({"found": str(stamp)}))
                )
            values = {"day_from": day_from, "day_to": day_to, "summary": json.dumps({"place": place})}
            done = connection.execute(sa.insert(t.run).values(command=command, started_at=stamp, **values))
        return int((done.inserted_primary_key or [0])[0])

    @staticmethod
    def _open_runs(connection: sa.Connection, place: str) -> list[Any]:
        """Runs that nobody closed, of one place; those of versions that noted none are taken for its own."""
        found = connection.execute(sa.select(t.run).where(t.run.c.outcome == "running").order_by(t.run.c.id)).all()
        return [row for row in found if json.loads(row.summary).get("place", place) == place]

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


def _outcome(destroyed: Any) -> dict[str, str | None]:
    """How a new revision begins: landed, or refused where its bytes were destroyed (a row of ``destruction``)."""
    if destroyed is None:
        return {"outcome": "landed", "reason": None, "detail": None}
    refused = FileRefused("bytes_destroyed", f"{destroyed.decided_at.date()}: {destroyed.basis}")
    return {"outcome": "refused", "reason": refused.reason, "detail": refused.detail}


def next_change(connection: sa.Connection) -> int:
    """A change number above all before it, also where the clock was put back.

    The counter's row stays locked until the transaction ends: numbers follow the order of commits, so that who copies
    "everything above the last number seen" never passes a change over.
    """
    last, clock = t.change_counter.c.last, time.time_ns()
    number = sa.case((last >= clock, last + 1), else_=clock)
    return int(connection.execute(sa.update(t.change_counter).values(last=number).returning(last)).scalar_one())


def _parts(warnings: str) -> set[str]:
    return set(filter(None, warnings.split(",")))


def _joined(warnings: str, more: Iterable[str]) -> str:
    return ",".join(sorted(_parts(warnings) | set(more)))


def _stage_outcome(result: Result, stage: str) -> str:
    return "refused" if result.outcome == "refused" and stage == "read" else "done"


def _chunks(items: list[str], size: int) -> Iterable[list[str]]:
    return (items[i : i + size] for i in range(0, len(items), size))
