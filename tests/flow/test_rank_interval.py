"""A rank stays inside its interval when held rows are released and a missing file comes, through the real pipeline."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from cchc.cli import app
from cchc.pipeline.build import build
from cchc.publish import open_reader, unit_rank
from cchc.registry.open import open_registry
from support.dossiers import dossier, envelope, record_2022
from support.world import World, world

UNITS = ("H50.101", "H50.106", "H50.107")
SILENT, HELD = UNITS[2], UNITS[1]
MISSING = date(2026, 9, 18)
RECEIVED = datetime(2026, 9, 2, 8, 0)


def row(unit: str, number: int, late: bool = False, **changed: Any) -> dict[str, Any]:
    return (
        dossier(
            dossier_code=f"{unit}-260902-{number:04d}",
            submitted_at=RECEIVED,
            received_at=RECEIVED,
            due_at=RECEIVED + timedelta(days=5),
            finished_at=RECEIVED + timedelta(days=8 if late else 3),
            supplements=[],
        )
        | changed
    )


def deliver(here: World, unit: str, day: date, rows: list[dict[str, Any]]) -> None:
    file = json.loads(envelope([record_2022(each) for each in rows]))
    file["madonvi"] = unit
    here.deliver(f"mcdt-quangtri/{unit}/dossiers.json", json.dumps(file, ensure_ascii=False).encode(), day)


def run(here: World) -> None:
    here.ingest(date(2026, 9, 15), date(2026, 9, 30))
    build(here.settings, full_refresh=False)


def month(here: World) -> dict[str, dict[str, Any]]:
    """Rank and interval of the units in the month."""
    with open_reader(here.settings) as reader:
        rows = reader.rows(
            "select r.unit_code, r.total, r.rank, i.* exclude (unit_code, period_id, method) "
            "from pub.ranking_v1 as r "
            "inner join pub.rank_interval_v1 as i using (unit_code, period_id, method) "
            "where r.period_kind = 'month' and r.is_default_method and r.rank is not null"
        )
    return {each["unit_code"]: each for each in rows}


def command(here: World, *arguments: str) -> str:
    said = CliRunner().invoke(app, [*arguments, "--workdir", str(here.settings.workdir)], catch_exceptions=False)
    assert said.exit_code == 0, said.output
    return said.output


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The month as it stood, after a release and a late file that is all bad, and after a good correction."""
    here = world(tmp_path_factory.mktemp("office"), open_registry())
    for late, unit in enumerate(UNITS):
        deliver(here, unit, date(2026, 9, 15), [row(unit, n, late=n <= late) for n in range(1, 11)])
        for day in range(16, 20):
            rows = [row(unit, day)]
            if (unit, day) == (HELD, 16):  # due before it was received: held, and waivable
                rows += [row(unit, n, due_at=RECEIVED - timedelta(days=1)) for n in (31, 32)]
            if (unit, date(2026, 9, day)) != (SILENT, MISSING):
                deliver(here, unit, date(2026, 9, day), rows)
    run(here)
    seen: dict[str, Any] = {"before": month(here), "rank": unit_rank(here.settings, SILENT, "2026-09")}
    seen["said"] = command(here, "rank", "--unit", SILENT, "--period", "2026-09")
    held = here.rows("select revision_id || ':' || row_number from raw.quarantine order by row_number")
    command(here, "quarantine", "release", held[0][0], "--reason", "confirmed", "--by", "an officer")
    # six new ones and two known ones, all too late
    deliver(here, SILENT, MISSING, [row(SILENT, n, late=True) for n in (9, 10, 41, 42, 43, 44, 45, 46)])
    run(here)
    seen["bad"] = month(here)
    deliver(here, SILENT, MISSING, [row(SILENT, n, reused_part=True) for n in (1, 2, 9, 10, 41, 42, 43, 44)])
    run(here)
    seen["good"] = month(here)
    return seen


def test_what_is_not_known_is_counted(walked: dict[str, Any]) -> None:
    before = walked["before"]
    assert set(before) == set(UNITS)
    # a missing file is as full as the fullest one of the month; held rows are one each
    assert {unit: before[unit]["unknown_dossiers"] for unit in UNITS} == {UNITS[0]: 0, HELD: 2, SILENT: 10}
    assert before[UNITS[0]]["score_low"] == before[UNITS[0]]["score_high"] == before[UNITS[0]]["total"]
    assert before[SILENT]["score_low"] < before[SILENT]["total"] < before[SILENT]["score_high"]


@pytest.mark.parametrize("later", ["before", "bad", "good"])
def test_ranks_and_totals_stay_in_their_intervals(walked: dict[str, Any], later: str) -> None:
    for unit, said in walked["before"].items():
        now = walked[later][unit]
        assert said["score_low"] <= now["total"] <= said["score_high"], unit
        assert said["rank_best"] <= now["rank"] <= said["rank_worst"], unit


def test_what_came_moved_the_rank_and_made_it_surer(walked: dict[str, Any]) -> None:
    totals = [walked[name][SILENT]["total"] for name in ("bad", "before", "good")]
    assert totals == sorted(set(totals))
    assert walked["good"][SILENT]["unknown_dossiers"] == 0
    assert walked["good"][SILENT]["score_low"] == walked["good"][SILENT]["score_high"]
    assert walked["good"][HELD]["unknown_dossiers"] == 1


def test_the_command_says_how_sure_the_rank_is(walked: dict[str, Any]) -> None:
    found, said = walked["rank"], walked["said"]
    assert found.interval is not None and found.interval.unknown_dossiers == 10
    assert found.completeness is not None
    assert (found.completeness.deliveries_readable, found.completeness.deliveries_due) == (4, 5)
    assert [peers.group for peers in found.peers] == ["kind", "nearest", "volume"]
    assert found.marks == ["provisional", "few_dossiers"]
    for text in ("rank between", f"1 of {found.dossiers} = ", "dossiers: 10", "4 of 5", "few_dossiers", "H50.101"):
        assert text in said, text
