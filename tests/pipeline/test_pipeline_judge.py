"""From landed files to accepted rows, quarantine and counts: nothing lost, nothing twice, nobody named."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cchc.contracts import Revision
from cchc.errors import PermanentError
from cchc.land import blob_path
from cchc.pipeline import collect, plan_batches
from cchc.registry.open import Registry
from support.declared import declared, declared_bytes
from support.dossiers import Tables, delimited, dossier, envelope, lines, record_2022, record_2026, workbook
from support.letters import letter, letters
from support.objections import objection, objections
from support.world import DAY, G2, World, g2_file, world

pytestmark = pytest.mark.xdist_group("great_expectations")

PATHS = {
    "dvcqg2022": G2,
    "dvcqg2026": "igate-quangtri/H50.102/dossiers.jsonl.gz",
    "onecsv": "onestop-a/H50.103/dossiers.csv",
    "workbook": "onestop-b/H50.104/dossiers.xlsx",
    "payments": "pay-dvcqg/H50/payments.csv",
    "vneid": "police-vneid/H50/vneid.csv",
    "feedback": "pakn-dvcqg/H50/feedback.jsonl",
    "objections": "objections-quangtri/H50/objections.csv",
    "letters in csv": "onestop-a/H50.103/apologies.csv",
    "letters in jsonl": "igate-quangtri/H50.102/apologies.jsonl",
    "declared in csv": "declared-province/H50/declared.csv",
    "declared in workbook": "declared-units/H50.101/declared.xlsx",
}
BAD_DUE = {"due_at": datetime(2026, 11, 1)}
COMMUNES: list[str] = []


def content(dialect: str, rows: list[tuple[int, bool]], tables: Tables) -> bytes:
    """One row a (number, sound?) pair; equal pairs are equal rows."""
    import gzip

    if dialect == "payments":
        head = ["MaGiaoDich", "MaHoSo", "MaTTHC", "MaDonVi", "SoTien", "CongThanhToan", "TrangThai", "ThoiGian"]
        body = [[f"GD{n}", "", "", "H50.101", "5" if ok else "-5", "1", "1", "20261105080000"] for n, ok in rows]
        return delimited([head, *body])
    if dialect == "vneid":
        head = ["MaXa", "Ngay", "SoCCCDGanChip", "KichHoatMuc1", "KichHoatMuc2"]
        told = ((COMMUNES[2 * n + ok], "1" if ok else "-1") for n, ok in rows)
        return delimited([head, *([commune, "2026-11-05", "9", count, "1"] for commune, count in told)])
    if dialect == "feedback":
        base = {"MaDonVi": "H50.101", "NgayTiepNhan": "2026-11-05 08:00:00"}
        return lines(base | {"MaPAKN": f"PA{n}", "Loai": "staff" if ok else "lạ"} for n, ok in rows)
    if dialect == "objections":
        return objections(*(objection(SoPhanHoi=f"{n + 10 * ok}", LyDo="other" if ok else "lạ") for n, ok in rows))
    if dialect.startswith("letters"):
        form = dialect.rsplit(" ", 1)[1]
        told = (letter(form, MaHoSo=f"D-{n:04d}", **({} if ok else {"DaGui": "chưa rõ"})) for n, ok in rows)
        return letters(form, told)
    if dialect.startswith("declared"):
        form = dialect.rsplit(" ", 1)[1]
        figures = [declared(form, 2 * n + ok, TuSo="19" if ok else "21") for n, ok in rows]
        return declared_bytes(form, *figures)
    made = [dossier(dossier_code=f"H50-261105-{n:04d}", **({} if ok else BAD_DUE)) for n, ok in rows]
    if dialect == "dvcqg2022":
        return envelope(map(record_2022, made))
    if dialect == "dvcqg2026":
        return gzip.compress(lines(map(record_2026, made)))
    head, cells = tables.heading_row("A"), [tables.cells("A", row) for row in made]
    return delimited([head, *cells]) if dialect == "onecsv" else workbook(head, cells)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> World:
    """One installation for all examples of a property: each overwrites the file of the day, so each is a revision."""
    COMMUNES[:] = sorted(registry.admin_codes_on(DAY, "commune"))[:12]
    return world(tmp_path_factory.mktemp("conservation"), registry)


@pytest.mark.parametrize("dialect", PATHS)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=14), min_size=1, max_size=4))
def test_rows_read_are_accepted_quarantined_or_duplicate(
    dialect: str, files: list[list[tuple[int, bool]]], shared: World, tables: Tables
) -> None:
    days = [DAY + timedelta(n) for n in range(len(files))]
    for day, rows in zip(days, files, strict=True):
        shared.deliver(PATHS[dialect], content(dialect, rows, tables), day)
    shared.collect(days[0], days[-1])
    dataset = PATHS[dialect].split("/")[2].split(".")[0]
    system, unit, _ = PATHS[dialect].split("/")
    known = {row["export_date"] for row in shared.ledger.find(system=system, unit=unit, dataset=dataset)}
    assert known >= set(days)
    judged = shared.judge()
    results = {r.revision.key.export_date: r for batch in judged for r in batch.results}
    for day, rows in zip(days, files, strict=True):
        if day not in results:
            continue  # the bytes of the example before: a repeat
        found = results[day]
        sound = [n for n, ok in rows if ok]
        assert found.outcome == "accepted"
        assert found.rows_read == len(rows) == found.rows_accepted + found.rows_quarantined + found.rows_duplicate
        assert found.rows_quarantined == len(rows) - len(sound)
        assert found.rows_accepted == len(set(sound))
        assert found.rows_duplicate == len(sound) - len(set(sound))
    shared.load(judged)
    in_force = {row["id"]: row for row in shared.ledger.find(in_force=True)}
    for table in {batch for j in judged for batch in j.files}:
        counted = "rows_quarantined" if table == "quarantine" else "rows_accepted"
        for revision, rows_there in shared.rows(f"select revision_id, count(*) from raw.{table} group by 1"):
            assert rows_there == in_force[revision][counted]


def test_the_quarantine_holds_rule_place_and_payload_without_a_person(tmp_path: Path, registry: Registry) -> None:
    here = world(tmp_path, registry)
    sound = dossier(dossier_code="H50.101-261105-0001")
    rows = [
        record_2022(sound),
        record_2022(sound, NgayHenTra="CANARY 999", KenhThucHien="CANARY Nguyễn"),
        record_2022(sound, MaHoSo="999000000001", DonViXuLy="CANARY NGUYỄN THỬ", MaTTHC="CANARY"),
        record_2022(sound, MaHoSo=None, DanhSachLePhi=[{"Gia": "-5"}]),
    ]
    here.deliver(G2, envelope(rows))
    (result,) = here.ingest()
    assert (result.rows_read, result.rows_accepted, result.rows_quarantined, result.rows_duplicate) == (4, 1, 3, 0)
    names = "revision_id, row_number, dataset, system, delivering_unit, export_date, rule, rules, payload"
    found = here.rows(f"select {names} from raw.quarantine order by row_number")
    assert [row[1] for row in found] == [2, 3, 4]
    assert {row[:1] + row[2:6] for row in found} == {(result.revision.id, "dossiers", "mcdt-quangtri", "H50.101", DAY)}
    assert [row[6] for row in found] == ["bad_date", "unknown_unit", "no_key"]
    assert [row[7] for row in found] == [
        "bad_date,unknown_channel",
        "unknown_unit,unknown_procedure",
        "no_key,negative_amount",
    ]
    text = json.dumps([json.loads(row[8]) for row in found], ensure_ascii=False)
    assert "CANARY" not in text and "NGUY" not in text.upper() and "999000000001" not in text
    assert json.loads(found[0][8])["dossier_code"] == "H50.101-261105-0001"
    for table in ("dossiers", "quarantine"):
        assert "CANARY" not in str(here.rows(f"select * from raw.{table}"))


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_the_quarantine_of_letters_names_nobody_and_a_waiver_frees_the_waivable(
    form: str, tmp_path: Path, registry: Registry
) -> None:
    here = world(tmp_path, registry)
    early = {"csv": "20261101080000", "jsonl": "2026-11-01 08:00:00"}[form]
    told = [
        letter(form, NgayHenMoi=early),
        letter(form, MaHoSo="999000000001", DaGui="CANARY Nguyễn", LanThu="CANARY", MaDonVi="CANARY NGUYỄN THỬ"),
        letter(form),
        letter(form),
    ]
    here.deliver(PATHS[f"letters in {form}"], letters(form, told))
    (result,) = here.ingest()
    assert (result.rows_read, result.rows_accepted, result.rows_quarantined, result.rows_duplicate) == (4, 1, 2, 1)
    found = here.rows("select rules, payload from raw.quarantine order by row_number")
    assert [rules for rules, _ in found] == ["due_before_received", "bad_amount,unknown_unit,unknown_value"]
    assert json.loads(found[0][1]) == {
        "unit": letter(form)["MaDonVi"],
        "dossier_code": letter(form)["MaHoSo"],
        "letter_number": 1,
        "signed_at": "2026-11-05 08:00:00",
        "new_due_at": "2026-11-01 08:00:00",
        "sent": True,
    }
    assert not any(text in found[1][1].upper() for text in ("CANARY", "NGUY", "999000000001"))
    here.ledger.waive(result.revision.sha256, 1, "due_before_received", "the paper says so", "Nguyễn Văn A")
    here.ledger.waive(result.revision.sha256, 2, "unknown_value", "nobody may say so", "Nguyễn Văn A")
    assert here.ledger.reopen(DAY, DAY) == 1
    (again,) = here.ingest()
    assert (again.rows_accepted, again.rows_quarantined, again.rows_duplicate) == (2, 1, 1)
    assert here.rows("select sent, letter_number, new_due_at from raw.apologies order by new_due_at") == [
        (True, 1, datetime(2026, 11, 1, 8)),
        (True, 1, datetime(2026, 11, 9, 17)),
    ]


def test_a_waiver_accepts_the_row_only_where_the_rule_allows_it(tmp_path: Path, registry: Registry) -> None:
    here = world(tmp_path, registry)
    bad = {"NgayHenTra": "20261101000000"}
    rows = [
        record_2022(dossier(dossier_code="D-0001"), **bad),
        record_2022(dossier(dossier_code="D-0002"), **bad, KenhThucHien="9"),
        record_2022(dossier(dossier_code="D-0003"), KenhThucHien="9"),
        record_2022(dossier(dossier_code="D-0004"), **bad),
    ]
    here.deliver(G2, envelope(rows))
    (first,) = here.ingest()
    assert first.rows_quarantined == 4
    ledger = here.ledger
    for number, rule in ((1, "due_before_received"), (2, "due_before_received"), (3, "unknown_channel")):
        ledger.waive(first.revision.sha256, number, rule, "the paper says so", "Nguyễn Văn A")
    assert ledger.reopen(DAY, DAY) == 1
    (again,) = here.ingest()
    assert (again.rows_read, again.rows_accepted, again.rows_quarantined) == (4, 1, 3)
    assert here.rows("select dossier_code from raw.dossiers") == [("D-0001",)]
    assert here.rows("select row_number, rules from raw.quarantine order by 1") == [
        (2, "unknown_channel"),
        (3, "unknown_channel"),
        (4, "due_before_received"),
    ]


def test_a_warning_accepts_the_rows_and_is_on_record(tmp_path: Path, registry: Registry) -> None:
    here = world(tmp_path, registry)
    here.deliver(G2, envelope([record_2022(dossier(), LoaiDoiTuong="9", CotLa="x")]))
    (result,) = here.ingest()
    assert result.rows_accepted == 1
    assert here.ledger.find()[0]["warnings"] == "extra_column,unreadable_value"


def test_a_refused_file_stays_alone(tmp_path: Path, registry: Registry) -> None:
    here = world(tmp_path, registry)
    here.deliver(G2, g2_file(1, 2))
    here.deliver("mcdt-quangtri/H50.105/dossiers.json", b"<html>")
    here.deliver("pay-dvcqg/H50/payments.csv", b"")
    results = {r.revision.path.rsplit("/", 2)[0]: r for r in here.ingest()}
    assert {path: (r.outcome, r.reason, r.rows_read) for path, r in results.items()} == {
        "mcdt-quangtri/H50.101": ("accepted", None, 2),
        "mcdt-quangtri/H50.105": ("refused", "html_error_page", 0),
        "pay-dvcqg/H50": ("refused", "zero_bytes", 0),
    }


def test_data_docs_are_built_without_a_person(tmp_path: Path, registry: Registry) -> None:
    from cchc.validate.verdict import build_docs

    here = world(tmp_path, registry)
    here.deliver(G2, envelope([record_2022(dossier(), KenhThucHien="CANARY Nguyễn", MaHoSo="999000000001")]))
    here.ingest()
    index = build_docs(here.settings.quality, here.settings.expectations)
    assert index is not None and index.is_file()
    front = index.read_text(encoding="utf-8")
    assert "DOS-01" in front and "https://" not in front and "validations/dossiers/" in front
    for page in here.settings.quality.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "CANARY" not in text and "999000000001" not in text


def test_batches_are_cut_by_files_and_bytes_and_planned_the_same_again(tmp_path: Path, registry: Registry) -> None:
    here = world(tmp_path, registry, batch_files=2, batch_bytes=1_000_000)
    for unit in ("H50.101", "H50.105", "H50.106"):
        here.deliver(f"mcdt-quangtri/{unit}/dossiers.json", g2_file(1))
    here.deliver("pay-dvcqg/H50/payments.csv", b"x")
    here.collect()
    undecided = here.ledger.undecided()
    batches = plan_batches(here.settings, registry, undecided)
    cut = [(batch.number, batch.dataset, len(batch.revisions)) for batch in batches]
    assert cut == [(0, "dossiers", 2), (1, "dossiers", 1), (2, "payments", 1)]
    assert plan_batches(here.settings, registry, undecided) == batches
    small = world(tmp_path / "x", registry, batch_bytes=10)
    assert [len(b.revisions) for b in plan_batches(small.settings, registry, undecided)] == [1, 1, 1, 1]


def test_batches_are_of_about_the_same_size(tmp_path: Path, registry: Registry) -> None:
    here = world(tmp_path, registry)
    here.deliver(G2, g2_file(1))
    here.collect()
    (known,) = here.ledger.undecided()

    def cut(sizes: list[int], most_bytes: int, most_files: int = 1000) -> list[int]:
        settings = replace(here.settings, batch_bytes=most_bytes, batch_files=most_files)
        revisions = [replace(known, number=n + 1, size_bytes=size) for n, size in enumerate(sizes)]
        batches = plan_batches(settings, registry, revisions)
        assert [each for batch in batches for each in batch.revisions] == revisions
        return [sum(each.size_bytes for each in batch.revisions) for batch in batches]

    assert cut([10] * 12, 100) == [60, 60]
    assert cut([10] * 12, 1000, most_files=11) == [60, 60]
    assert cut([10] * 62, 100) == [90, 90, 90, 80, 90, 90, 90]
    assert cut([90, 20, 90, 20], 100) == [90, 20, 90, 20]  # the limit holds where it makes more of them
    assert cut([500, 1, 1], 100) == [500, 2]


def test_a_file_of_a_system_the_registry_lost_does_not_stop_the_others(tmp_path: Path, registry: Registry) -> None:
    here = world(tmp_path, registry)
    here.deliver(G2, g2_file(1))
    here.collect()
    (known,) = here.ledger.undecided()
    key: Any = known.key.__class__("gone", "H50.101", DAY, "dossiers")
    lost = Revision(key, "gone/H50.101/2026-11-05/dossiers.json", 1, known.sha256, known.size_bytes)
    (batch,) = plan_batches(here.settings, registry, [lost, known])
    assert batch.revisions == (known,)


def test_files_whose_bytes_are_gone_wait_and_the_others_go_on(
    tmp_path: Path, registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    """As after a restore without its landing; fetched again, they are judged like any other."""
    here = world(tmp_path, registry)
    other = G2.replace("H50.101", "H50.106")
    here.deliver(G2, g2_file(1, 2))
    here.deliver(other, g2_file(1, 2, 3).replace(b"H50.101", b"H50.106"))
    here.collect()
    lost = next(revision for revision in here.ledger.undecided() if revision.key.unit == "H50.101")
    blob = blob_path(here.settings.landing, lost.sha256)
    blob.unlink()
    (judged,) = here.judge()
    assert [result.revision.key.unit for result in judged.results] == ["H50.106"]
    (said,) = [record.getMessage() for record in caplog.records if "bytes" in record.getMessage()]
    assert lost.path in said and "cchc ingest --from 2026-11-05 --to 2026-11-05 --recheck" in said
    here.load([judged])
    with pytest.raises(PermanentError, match="the landed bytes of 1 files are gone"):
        here.judge()
    collect(here.settings, here.registry, here.ledger, DAY, DAY, recheck=True)
    assert blob.is_file()
    (judged,) = here.judge()
    assert [(result.revision.key.unit, result.outcome) for result in judged.results] == [("H50.101", "accepted")]
