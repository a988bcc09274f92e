"""An objection from the form to the published edition, over a real warehouse; its effect against a real rebuild."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cchc.cli import app
from cchc.editions import write_editions
from cchc.errors import PermanentError
from cchc.objections import Effect, effects
from cchc.pipeline.build import build
from cchc.pipeline.filing import file_objection
from cchc.publish import Reader, open_reader
from cchc.registry.files import PACKAGED
from cchc.registry.open import open_registry
from cchc.verify import verify
from support.dossiers import dossier, envelope, record_2022
from support.objections import objection, objections
from support.office import UNITS, deliver
from support.world import World, world

PERIOD, START, END = "2026-09", date(2026, 9, 1), date(2026, 9, 30)
DAY = date(2026, 10, 5)
RECEIVED = datetime(2026, 9, 2, 8, 0)
RUNNER = CliRunner()


def ranking(reader: Reader) -> dict[str, tuple[Decimal, int | None]]:
    rows = reader.rows(
        "select unit_code, total, rank from pub.ranking_v1 where period_start = ? and period_kind = 'month' "
        "and is_default_method",
        [START],
    )
    return {row["unit_code"]: (row["total"], row["rank"]) for row in rows}


def of_objection(reader: Reader, key: str) -> list[Effect]:
    (row,) = reader.rows("select * from pub.objection_v1 where objection_key = ?", [key])
    return effects(reader, row)


def cli(*arguments: str, ok: bool = True) -> str:
    done = RUNNER.invoke(app, [*arguments], catch_exceptions=not ok)
    assert (done.exit_code == 0) is ok, done.output
    return done.output if ok else str(done.exception)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The whole walk once: file, show, uphold with corrections, build, see the source mend itself."""
    folder = tmp_path_factory.mktemp("office")
    here = world(folder, open_registry())
    own = here.settings.workdir / "registry"  # the installation's own registry
    shutil.copytree(PACKAGED, own)
    here = World(here.settings, open_registry(own))
    settings, seen = here.settings, dict[str, Any]()
    seen["settings"], seen["registry"] = settings, here.registry
    for unit, late in zip(UNITS, (1, 2, 3), strict=True):
        deliver(here, unit, END, 10, late)
    # the third unit objects by a file of its own, as any export
    rows = [
        objection(
            **{"MaDonVi": "H50.107", "TuNgay": f"{START}", "DenNgay": f"{END}", "NgayGui": "20261005080000"},
            MaHoSo=f"H50.107-260902-{n:04d}",
        )
        for n in (1, 2, 3, 4, 99)  # the fourth is on time already, the last is nobody's
    ]
    here.deliver("objections-quangtri/H50/objections.csv", objections(*rows), DAY)
    here.ingest(START, DAY)
    common = (settings, here.registry, here.ledger)
    seen["filed"] = file_objection(
        *common, "H50.106", "PROCESSING_ON_TIME", (START, END), [], "other", datetime(2026, 10, 6, 9)
    )
    seen["late"] = file_objection(
        *common, "H50.106", "ONLINE_DOSSIER", (START, END), ["h50.106-260902-0001"], "wrong_channel",
        datetime(2026, 10, 9, 9),
    )  # fmt: skip
    with pytest.raises(PermanentError, match="unknown_criterion"):
        file_objection(*common, "H50.106", "ON_TIME", (START, END), [], "other", datetime(2026, 10, 9, 10))
    build(settings, here.registry, here.ledger)
    with open_reader(settings) as reader:
        seen["before"] = ranking(reader)
        seen["effect"] = of_objection(reader, "H50.107:1")
        seen["whole"] = of_objection(reader, "H50.106:1")
        seen["channel"] = of_objection(reader, "H50.106:2")
        seen["published"] = reader.rows("select * from pub.objection_v1 order by objection_key")
    seen["list"] = cli("objection", "list", "--open", "-w", str(settings.workdir))
    seen["show"] = cli("objection", "show", "--unit", "H50.107", "--number", "1", "-w", str(settings.workdir))
    corrections = [part for n in (1, 2, 3) for part in ("--correct", f"H50.107-260902-{n:04d}:due_at=2026-09-12 08:00")]
    about = ("--unit", "H50.107", "--number", "1", "-w", str(settings.workdir))
    seen["refused"] = cli(
        "objection", "answer", *about, "--decision", "upheld", "--by", "Lê Thị Trả", "--note", "Đúng",
        "--correct", "H50.107-260902-0009:due_at=2026-09-12 08:00", ok=False,
    )  # fmt: skip
    seen["answer"] = cli(
        "objection", "answer", *about, "--decision", "upheld", "--by", "Lê Thị Trả", "--note", "Đúng", *corrections
    )
    registry = open_registry(own)
    build(settings, registry, here.ledger)
    with open_reader(settings) as reader:
        seen["after"] = ranking(reader)
        seen["nothing_left"] = of_objection(reader, "H50.107:1")
        seen["corrections"] = reader.rows("select * from pub.correction_v1 order by 1")
        seen["trail"] = reader.rows(
            "select due_at, corrections from pub.dossier_trail_v1 where dossier_code = 'H50.107-260902-0001'"
        )
    (seen["edition"],) = write_editions(settings, registry, PERIOD, settings.editions)
    # the source mends one due date and breaks another one differently
    file = [
        dossier(
            dossier_code=f"H50.107-260902-{n:04d}",
            submitted_at=RECEIVED,
            received_at=RECEIVED,
            due_at=due,
            finished_at=RECEIVED + timedelta(days=8),
            supplements=[],
        )
        for n, due in ((1, datetime(2026, 9, 12, 8)), (2, datetime(2026, 9, 8, 8)))
    ]
    content = json.loads(envelope([record_2022(row) for row in file]))
    content["madonvi"] = "H50.107"
    here.deliver("mcdt-quangtri/H50.107/dossiers.json", json.dumps(content).encode(), date(2026, 10, 20))
    World(settings, registry).ingest(date(2026, 10, 20), date(2026, 10, 20))
    build(settings, registry, here.ledger)
    with open_reader(settings) as reader:
        seen["mended"] = reader.rows("select * from pub.correction_v1 order by 1")
    return seen


def test_what_is_filed_is_published_with_its_window(walked: dict[str, Any]) -> None:
    found = {row["objection_key"]: row for row in walked["published"]}
    assert {key: (row["dossiers"], row["state"], row["is_late"]) for key, row in found.items()} == {
        "H50.106:1": (0, "open", False),
        "H50.106:2": (1, "open", True),
        "H50.107:1": (5, "open", False),
    }
    assert {row["window_ends"] for row in walked["published"]} == {date(2026, 10, 8)}
    late = walked["late"]
    assert (late.number, late.is_late, late.window_ends) == ("2", True, found["H50.106:2"]["window_ends"])
    assert walked["filed"].dossiers == () and not walked["filed"].is_late
    assert found["H50.107:1"]["path"] == "objections-quangtri/H50/2026-10-05/objections.csv"


def test_the_effect_is_what_a_rebuilt_warehouse_says(walked: dict[str, Any]) -> None:
    """Every unit whose total or rank the rebuild moved is named, with the very figures, and no other."""
    before, after = walked["before"], walked["after"]
    said = {effect.unit_code: (effect.total_if, effect.rank_if) for effect in walked["effect"]}
    moved = {unit: figures for unit, figures in after.items() if figures != before[unit]}
    assert said == moved
    assert set(UNITS) <= set(said) and "H50" in said
    own = walked["effect"][0]
    assert (own.numerator, own.numerator_if, own.denominator_if) == (7, 10, 10)
    assert (before["H50.107"][1], own.rank_if) == (3, 1)
    assert {(e.total, e.rank) == (e.total_if, e.rank_if) for e in walked["nothing_left"]} == {True}


def test_what_can_not_be_computed_says_why(walked: dict[str, Any]) -> None:
    (whole,) = walked["whole"]
    assert (whole.unknown, whole.total_if, whole.rank_if) == ("no_dossiers_named", None, None)
    channel = walked["channel"][0]
    assert channel.unknown is None and channel.numerator is not None and channel.numerator_if is not None
    assert channel.numerator_if - channel.numerator in (0, 1)


def test_the_commands_say_it(walked: dict[str, Any]) -> None:
    assert "H50.107" in walked["list"] and "(late)" in walked["list"]
    assert "7 -> 10" in walked["show"]
    assert "not H50.107-260902-0009" in walked["refused"]
    assert "3 rows appended" in walked["answer"]


def test_a_correction_stands_beside_what_was_delivered(walked: dict[str, Any]) -> None:
    assert [(row["effect"], row["objection_key"]) for row in walked["corrections"]] == [("applied", "H50.107:1")] * 3
    (row,) = walked["trail"]
    assert row["due_at"] == datetime(2026, 9, 12, 8)
    assert row["corrections"] == "due_at: 2026-09-07 08:00:00 -> 2026-09-12 08:00:00 (correction 1)"


def test_a_correction_stops_once_the_source_sends_another_value(walked: dict[str, Any]) -> None:
    assert [row["effect"] for row in walked["mended"]] == ["source_agrees", "source_differs", "applied"]
    assert [row["rows_applied"] for row in walked["mended"]] == [1, 1, 1]


def test_the_edition_holds_objections_effects_and_corrections(walked: dict[str, Any]) -> None:
    folder = walked["edition"].folder
    assert verify(folder) == []

    def table(name: str) -> list[dict[str, str]]:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    states = {(row["unit_code"], row["objection_number"]): row["state"] for row in table("objections")}
    assert states == {("H50.106", "1"): "open", ("H50.106", "2"): "open", ("H50.107", "1"): "upheld"}
    assert {row["answered_by"] for row in table("objections")} == {"", "Lê Thị Trả"}
    assert [row["new_value"] for row in table("corrections")] == ["2026-09-12 08:00:00"] * 3
    assert {row["objection_key"] for row in table("objection_effects")} >= {"H50.106:1", "H50.107:1"}


def test_the_units_own_words_stay_in_landing(walked: dict[str, Any]) -> None:
    workdir = walked["settings"].workdir
    said = "Ngày hẹn ghi nhầm".encode()
    holding = {
        path.relative_to(workdir).parts[0]
        for path in workdir.rglob("*")
        if path.is_file() and said in path.read_bytes()
    }
    assert holding == {"landing"}


def test_the_packaged_registry_is_never_written(walked: dict[str, Any], tmp_path: Path) -> None:
    assert (PACKAGED / "corrections.csv").read_text(encoding="utf-8").count("\n") == 1
    settings = replace(walked["settings"], workdir=tmp_path)
    assert settings.registry_dir is None
