"""What each stage says while it works, and what it never says."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from pathlib import Path

import pytest

from cchc.model.dbt import DbtResult
from cchc.model.nodes import Node
from cchc.model.report import log_result
from cchc.pipeline.build import prepare_build
from cchc.registry.catalogue import Registry
from support.dossiers import Tables, delimited, dossier, envelope, lines, record_2022, record_2026, workbook
from support.letters import letter, letters
from support.world import DAY, G2, World, g2_file, world

pytestmark = pytest.mark.xdist_group("great_expectations")

SECONDS = r"\d+\.\d s"
BROKEN = "mcdt-quangtri/H50.105/dossiers.json"


@pytest.fixture
def here(tmp_path: Path, registry: Registry) -> World:
    return world(tmp_path, registry)


def said(caplog: pytest.LogCaptureFixture, stage: str, level: int = logging.INFO) -> list[str]:
    """Messages of one stage's logger at a level."""
    return [r.getMessage() for r in caplog.records if r.name == f"cchc.{stage}" and r.levelno == level]


def test_extract_and_land_say_units_files_and_bytes(here: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    content = g2_file(1)
    here.deliver(G2, content)
    here.deliver("mcdt-quangtri/H50.105/CANARY.tmp", b"")
    here.collect()
    units = len(here.registry.delivery_units("mcdt-quangtri", "dossiers", DAY))
    assert said(caplog, "land") == [f"mcdt-quangtri: 1 files fetched, {len(content):,} bytes"]
    (line,) = [text for text in said(caplog, "extract") if text.startswith("mcdt-quangtri: ")]
    wanted = f"mcdt-quangtri: {units} units, 1 files new, 0 repeated, 1 stray, 0 units not reached, {SECONDS}"
    assert re.fullmatch(wanted, line)
    caplog.clear()
    here.deliver(G2, content)
    here.collect()
    assert any("0 files new, 1 repeated, 0 stray" in text for text in said(caplog, "extract"))


def test_a_system_that_cannot_be_reached_is_counted(
    here: World, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lost = registry.systems["pay-dvcqg"].model_copy(update={"root": str(tmp_path / "no such folder")})
    monkeypatch.setitem(registry.systems, "pay-dvcqg", lost)
    caplog.set_level(logging.DEBUG)
    here.collect()
    (line,) = [text for text in said(caplog, "extract") if text.startswith("pay-dvcqg: ")]
    units = int(line.split()[1])
    assert units and f"{units} units not reached" in line
    assert "no folder" in "".join(said(caplog, "extract", logging.DEBUG))


def test_judging_says_files_rows_and_what_became_of_them(here: World, caplog: pytest.LogCaptureFixture) -> None:
    sound = record_2022(dossier(), LoaiDoiTuong="9", CotLa="x")
    late = record_2022(dossier(dossier_code="D-0002"), NgayHenTra="20261101000000")
    odd = record_2022(dossier(dossier_code="D-0003"), KenhThucHien="9")
    here.deliver(G2, envelope([sound, sound, late, odd]))
    here.deliver(BROKEN, b"<html>")
    here.collect()
    caplog.set_level(logging.INFO)
    here.judge()
    ((read,), (normalised,), (validated,)) = [said(caplog, stage) for stage in ("read", "normalise", "validate")]
    assert re.fullmatch(f"dossiers/dvcqg2022: 2 files, 4 rows, 1 files refused, {SECONDS}", read)
    assert re.fullmatch(f"dossiers/dvcqg2022: 4 rows, {SECONDS}", normalised)
    counts = r"2 quarantined \(due_before_received 1, unknown_channel 1\), 1 duplicate"
    warnings = "warnings by file: extra_column 1, unreadable_value 1"
    assert re.fullmatch(f"dossiers/dvcqg2022: 4 rows, {counts}, {warnings}, {SECONDS}", validated)
    (refused,) = said(caplog, "read", logging.WARNING)
    assert refused.startswith("refused: H50.105, file mcdt-quangtri/H50.105/2026-11-05/dossiers.json: ")
    assert "(html_error_page)" in refused and "What to do: " in refused


def test_load_says_rows_by_table_and_revisions_replaced(here: World, caplog: pytest.LogCaptureFixture) -> None:
    here.deliver(G2, g2_file(1, 2))
    here.ingest()
    late = record_2022(dossier(), NgayHenTra="20261101000000")
    here.deliver(G2, envelope([late, record_2022(dossier(dossier_code="D-9"))]))
    caplog.set_level(logging.INFO)
    here.ingest()
    tables = ["raw.dossiers: 1 rows of 1 batches", "raw.quarantine: 1 rows of 1 batches"]
    assert said(caplog, "load")[:2] == tables
    revisions = f"1 revisions loaded, 1 replaced, 0 older than what is in force, {SECONDS}"
    assert re.fullmatch(revisions, said(caplog, "load")[2])


def test_a_build_says_what_is_to_be_built_and_what_became_of_it(here: World, caplog: pytest.LogCaptureFixture) -> None:
    here.deliver(G2, g2_file(1))
    here.ingest()
    caplog.set_level(logging.INFO)
    prepare_build(here.settings, here.registry, here.ledger)
    assert said(caplog, "model") == ["to build: everything"]
    assert "raw.deliveries: 1 file revisions copied from the ledger" in said(caplog, "load")
    assert any(re.match(r"registry: \d+ tables replaced: reg_", text) for text in said(caplog, "load"))
    nodes = [Node("fct_dossier", "model", "success", 1200, 0.5), Node("unique_key", "test", "fail", 3, 0.1)]
    log_result(DbtResult(1.0, 2.0, 2, ["unique_key"], nodes))
    (table,) = said(caplog, "model")[1:]
    assert "1,200" in table and "1 models, 0 of 1 tests passed, 2.0 s" in table
    assert said(caplog, "model", logging.ERROR) == ["test unique_key: fail, 3 rows"]


def test_no_log_names_a_person_even_in_full_detail(
    here: World, tables: Tables, caplog: pytest.LogCaptureFixture
) -> None:
    """Every logger of the process at DEBUG; names and identity numbers in every place that takes a text."""
    caplog.set_level(logging.DEBUG)
    person = "CANARY NGUYỄN THỬ"
    bad = {"dossier_code": "999000000001", "due_at": datetime(2026, 11, 1)}
    odd = {"DonViXuLy": person, "MaTTHC": person, "KenhThucHien": person, "NgayHenTra": f"{person} 999000000001"}
    here.deliver(G2, envelope([record_2022(dossier(), **odd), record_2022(dossier(**bad))]))
    here.deliver(BROKEN, f'{{"CANARY 999000000001": "{person}"'.encode())
    here.deliver("igate-quangtri/H50.102/dossiers.jsonl", lines([record_2026(dossier(**bad)), {person: person}]))
    here.deliver("onestop-a/H50.103/dossiers.csv", delimited([[person, "999000000001"], [person, "x"]]))
    here.deliver("onestop-a/H50.103/apologies.csv", letters("csv", [letter("csv", DaGui=person, MaDonVi=person)]))
    table = workbook(tables.heading_row("A"), [tables.cells("A", dossier(**bad))])
    here.deliver("onestop-b/H50.104/dossiers.xlsx", table)
    here.deliver(f"onestop-b/H50.104/{person} 999000000001.xlsx", b"")
    here.deliver(f"onestop-b/{person}/dossiers.xlsx", b"")
    results = here.ingest()
    assert {result.outcome for result in results} == {"accepted", "refused"}
    assert sum(result.rows_quarantined for result in results) > 3
    assert here.ledger.strays()
    prepare_build(here.settings, here.registry, here.ledger)
    stages = {record.name for record in caplog.records if record.levelno == logging.DEBUG}
    assert {"cchc.extract", "cchc.land", "cchc.read", "cchc.validate"} <= stages
    for record in caplog.records:
        for text in (record.getMessage(), str(record.args), record.exc_text or ""):
            assert not re.search("CANARY|NGUY|999000000001", text.upper()), record
