"""What a person who approves a ranking should look at first: the unusual, most telling first.

An anomaly is no error: it is where an error would show. Limits are the method's (``AnomalyLimits``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cchc.editions.changes import Row, Snapshot
from cchc.publish import Period, Reader
from cchc.registry.model import Band, Method


@dataclass(frozen=True)
class Anomaly:
    """``kind``: one of ``KINDS``; ``size`` orders those of a kind, greatest first."""

    kind: str
    unit_code: str
    unit_name: str
    text: str
    size: Decimal


#: Kinds in the order in which they are shown, and what each is in Vietnamese.
KINDS = {
    "missing": "đơn vị không còn trong bảng xếp hạng",
    "abrupt_change": "điểm thay đổi đột ngột",
    "volume_jump": "số hồ sơ thay đổi đột ngột",
    "quarantine": "nhiều dòng bị giữ lại",
    "full_marks_on_zero": "điểm tối đa khi không có trường hợp nào",
    "band_edge": "sát ngưỡng xếp loại",
}


def anomalies(
    reader: Reader, period: Period, method: Method, bands: list[Band], before: Snapshot | None, after: Snapshot
) -> list[Anomaly]:
    """Those of a ranking, against the one before where there is one."""
    found = [
        *(_against(method, before, after) if before else ()),
        *_quarantined(reader, period, method, after),
        *_full_on_zero(method, after),
        *_edges(period, method, bands, after),
    ]
    order = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(found, key=lambda each: (order[each.kind], -each.size, each.unit_code))


def _against(method: Method, before: Snapshot, after: Snapshot) -> Iterator[Anomaly]:
    for unit, old in before.ranking.items():
        new = after.ranking.get(unit)
        if old["rank"] is not None and (new is None or new["rank"] is None):
            why = (new or {}).get("null_reason") or "no figures"
            yield Anomaly(
                "missing", unit, old["unit_name"], f"was rank {old['rank']}, is not ranked: {why}", Decimal(1)
            )
        if new is None or old["rank"] is None or new["rank"] is None:
            continue
        moved = Decimal(new["total"]) - Decimal(old["total"])
        if abs(moved) >= method.anomalies.total_points:
            text = f"{old['total']} to {new['total']} ({moved:+.2f})"
            yield Anomaly("abrupt_change", unit, new["unit_name"], text, abs(moved))
        were, are = Decimal(old["dossiers"]), Decimal(new["dossiers"])
        ratio = max(were, are) / min(were, are) if min(were, are) > 0 else Decimal(0)
        if ratio >= method.anomalies.volume_ratio:
            yield Anomaly("volume_jump", unit, new["unit_name"], f"{were} to {are} dossiers", ratio)


def _quarantined(reader: Reader, period: Period, method: Method, after: Snapshot) -> Iterator[Anomaly]:
    rows = reader.rows(
        "select unit_code, sum(rows_read) as rows_read, sum(rows_quarantined) as held from pub.delivery_board_v1 "
        "where export_date between ? and ? group by unit_code order by unit_code",
        [period.start, period.as_of or period.end],
    )
    for row in rows:
        ranked = after.ranking.get(row["unit_code"])
        if ranked is None or not row["rows_read"]:
            continue
        percent = Decimal(row["held"] or 0) * 100 / Decimal(row["rows_read"])
        if percent >= method.anomalies.quarantine_percent:
            text = f"{row['held']} of {row['rows_read']} rows held ({percent:.1f} %)"
            yield Anomaly("quarantine", row["unit_code"], ranked["unit_name"], text, percent)


def _full_on_zero(method: Method, after: Snapshot) -> Iterator[Anomaly]:
    for unit, row in _ranked(after):
        full = [
            code
            for code, figure in after.figures.get(unit, {}).items()
            if figure["score"] is not None
            and Decimal(figure["score"]) > 0
            and figure["denominator"] is not None
            and Decimal(figure["denominator"]) == 0
        ]
        if full:
            points = sum((Decimal(after.figures[unit][code]["score"]) for code in full), Decimal(0))
            yield Anomaly(
                "full_marks_on_zero", unit, row["unit_name"], f"{points} points: {', '.join(sorted(full))}", points
            )


def _edges(period: Period, method: Method, bands: list[Band], after: Snapshot) -> Iterator[Anomaly]:
    bounds = [band for band in bands if band.valid_on(period.end) and band.lower_bound > 0]
    for unit, row in _ranked(after):
        for band in bounds:
            edge = band.lower_bound * Decimal(row["max_attainable"]) / 100
            distance = Decimal(row["total"]) - edge
            if abs(distance) <= method.anomalies.band_points:
                side = "above" if distance >= 0 else "below"
                text = f"{row['total']}, {abs(distance):.2f} {side} the edge of {band.name_en} ({band.name_vi})"
                yield Anomaly("band_edge", unit, row["unit_name"], text, -abs(distance))


def _ranked(after: Snapshot) -> Iterator[tuple[str, Row]]:
    return ((unit, row) for unit, row in after.ranking.items() if row["rank"] is not None)
