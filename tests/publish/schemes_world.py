"""Two index schemes for the small world: one that asks for figures, one with nothing but values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
SINCE, QUARTER = date(2025, 7, 1), (date(2026, 7, 1), date(2026, 9, 30))


def _four(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text).quantize(Decimal("0.0001"))


def add_schemes(world: dict[str, list[Row]]) -> None:
    """Rows of the ``pub_index_*`` models, and declarations of commune H50.101 of the quarter."""
    for scheme, family, verified in (("own", "PAR_INDEX", False), ("asked", "SIPAS", True)):
        world["pub_index_scheme"].append(
            {"scheme": scheme, "family": family, "name_vi": f"Bộ {scheme}", "name_en": scheme, "level": "commune"}
            | {"issuer": "UBND tỉnh", "valid_from": SINCE, "source": "test", "is_verified": verified}
        )
    nodes = [
        ("own", "total", None, 0, None, "100", SINCE, None),
        ("own", "so", "total", 2, None, "30", date(2026, 1, 1), None),
        ("own", "so", "total", 2, None, "20", SINCE, date(2025, 12, 31)),
        ("own", "tthc", "total", 1, "council", None, SINCE, None),
        ("own", "mot-cua", "tthc", 1, "self", None, SINCE, None),
        ("asked", "total", None, 0, "survey", "30", SINCE, None),
    ]
    for scheme, node, parent, position, kind, top, first, last in nodes:
        world["pub_index_node"].append(
            {"scheme": scheme, "node": node, "parent": parent, "position": position, "node_kind": kind}
            | {"name_vi": f"Phần {node}", "name_en": node, "max_score": _four(top), "max_basis": top and "stated"}
            | {"valid_from": first, "valid_to": last, "source": "test", "is_verified": True}
        )
    asked = [
        ("PROCESSING_ON_TIME", SINCE, None),
        ("ONLINE_DOSSIER", SINCE, None),
        ("DOSSIER_SYNC", SINCE, None),
        ("PAYMENT_ONLINE_DOSSIER", SINCE, date(2026, 6, 30)),  # asked no more
    ]
    for indicator, first, last in asked:
        world["pub_index_figure"].append(
            {"scheme": "own", "node": "tthc", "indicator": indicator, "valid_from": first, "valid_to": last}
            | {"source": "test", "is_verified": indicator == "ONLINE_DOSSIER"}
        )
    for edition, scheme, year, revision in (
        ("own-2025", "own", 2025, 1),
        ("own-2025-2", "own", 2025, 2),
        ("own-2026", "own", 2026, 1),
    ):
        world["pub_index_edition"].append(
            {"edition": edition, "scheme": scheme, "year": year, "edition_revision": revision, "ranked_units": 6}
            | {"is_latest_revision": edition != "own-2025", "period_start": date(year, 1, 1), "source": "test"}
            | {"period_end": date(year, 12, 31), "mean_percent": _four("88.37"), "mean_change": _four("1.39")}
        )
    for edition, unit, node, score, percent, computed, fit in (
        ("own-2025", "H50.101", "total", "28.81", "96.04", "96.03", "unrounded"),
        ("own-2026", "H50.101", "total", "90", "91", "90", "differs"),
        ("own-2026", "H50.102", "mot-cua", None, None, None, "no_data"),
    ):
        world["pub_index_value"].append(
            {"edition": edition, "scheme": "own", "family": "PAR_INDEX", "year": int(edition[4:8])}
            | {"edition_revision": 1}
            | {"unit_code": unit, "unit_name": "Phường Đông Hà", "node": node, "score": _four(score)}
            | {"percent": _four(percent), "recomputed_percent": _four(computed), "percent_fit": fit}
            | {"parts_fit": "no_data", "rank": 2, "ranked_units": 6, "rank_change": 1, "max_score": _four("100")}
            | {"needed_low": _four("28.8105"), "needed_high": _four("28.8135"), "source": "test"}
        )
    for criterion, parts, is_current in (
        ("PROCESSING_ON_TIME", ("26", "41"), True),
        ("PROCESSING_ON_TIME", ("1", "41"), False),
        ("ONLINE_DOSSIER", ("41", "41"), True),
        ("DOSSIER_SYNC", ("7", "8"), True),
    ):
        world["pub_declared_trail"].append(
            {"unit_code": "H50.101", "period_id": "2026-07-01_2026-09-30", "criterion": criterion}
            | dict(zip(("period_start", "period_end"), QUARTER, strict=True))
            | {"numerator": _four(parts[0]), "denominator": _four(parts[1]), "declared_date": date(2026, 10, 5)}
            | {"is_current": is_current, "path": "declared-units/H50.101/2026-10-05/declared.xlsx", "row_number": 1}
        )
