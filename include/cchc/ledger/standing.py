"""Which revision of a delivery is in force: the newest readable one. The one place that decides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from cchc.contracts import DeliveryKey, Result
from cchc.ledger import tables as t


@dataclass
class Standing:
    """What some results change, as revision ids. The ledger switches ``begun`` and ``ended``, a load moves the rows.

    Of the revisions judged, ``in_force`` stand and ``discarded`` do not; ``replaced`` are older or reopened ones of
    the same deliveries that were not judged with them and whose rows must go.
    """

    in_force: set[str] = field(default_factory=set)
    discarded: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)


@dataclass
class _Delivery:
    """The revisions of one delivery: number -> id of the readable ones, ids in force so far, ids just judged."""

    readable: dict[int, str] = field(default_factory=dict)
    before: set[str] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)


def weigh(connection: sa.Connection, results: Sequence[Result]) -> Standing:
    """Of each delivery that the results touch, exactly the newest readable revision is in force.

    The ledger is told after the warehouse has committed, so a load that is repeated after a crash between the two
    gets the same answer and moves the same rows.
    """
    standing = Standing()
    if not results:
        return standing
    deliveries: dict[DeliveryKey, _Delivery] = {result.revision.key: _Delivery() for result in results}
    r = t.file_revision
    days = [key.export_date for key in deliveries]
    columns = ("id", "system", "unit", "export_date", "dataset", "revision", "outcome", "in_force")
    query = sa.select(*(r.c[name] for name in columns)).where(r.c.export_date.between(min(days), max(days)))
    for row in connection.execute(query):
        delivery = deliveries.get(DeliveryKey(row.system, row.unit, row.export_date, row.dataset))
        if delivery is None:
            continue
        if row.outcome == "accepted":
            delivery.readable[row.revision] = row.id
        if row.in_force:
            delivery.before.add(row.id)
    for result in results:
        delivery = deliveries[result.revision.key]
        delivery.judged.add(result.revision.id)
        if result.outcome == "accepted":
            delivery.readable[result.revision.number] = result.revision.id
        else:
            delivery.readable.pop(result.revision.number, None)
    for delivery in deliveries.values():
        newest = {delivery.readable[max(delivery.readable)]} if delivery.readable else set()
        standing.in_force |= newest & delivery.judged
        standing.discarded |= delivery.judged - newest
        if newest & delivery.judged:
            standing.replaced |= ({*delivery.readable.values()} | delivery.before) - newest - delivery.judged
        standing.begun |= newest - delivery.before
        standing.ended |= delivery.before - newest
    return standing
