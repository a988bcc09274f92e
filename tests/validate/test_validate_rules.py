"""Every expectation of every suite: a good sample passes, a broken one does not. A rule without a sample fails here."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cchc import scratch
from cchc.normalise import normalise
from cchc.read import read_batch
from cchc.registry.open import Registry, open_registry
from cchc.settings import PROJECT
from cchc.validate import load_rules, run_suite
from cchc.validate.verdict import _definition
from support.declared import declared, declared_file
from support.dossiers import delimited, dossier, envelope, lines, record_2022
from support.letters import KEYS, letter, letter_file
from support.objections import KEYS as OBJECTION
from support.objections import objection, objection_file
from support.stages import File

pytestmark = pytest.mark.xdist_group("great_expectations")

SUITES = PROJECT / "expectations"
EXPECTATIONS = [
    (path.stem, expectation["meta"]["id"])
    for path in sorted(SUITES.glob("*.json"))
    for expectation in json.loads(path.read_text(encoding="utf-8"))["expectations"]
]
#: Rules of the contract (sections 4, 6 and 7). The others are ours: codes that only draw a warning.
CONTRACT = {
    "no_key",
    "bad_date",
    "unknown_status",
    "unknown_channel",
    "received_before_submitted",
    "finished_before_received",
    "due_before_received",
    "unknown_unit",
    "unknown_procedure",
    "negative_amount",
    "bad_amount",
    "unknown_value",
    "ragged_row",
    "contradiction",
    "after_export_date",
    "unknown_criterion",
    "numerator_over_denominator",
}
#: ... and those of the office's own form.
OURS = {"unknown_criterion", "period_reversed", "parts_not_whole"}

MONEY = ["MaGiaoDich", "MaHoSo", "MaTTHC", "MaDonVi", "SoTien", "CongThanhToan", "TrangThai", "ThoiGian"]
PAID = ["GD1", "H50.101-261104-0001", "1.001193", "H50.101", "50000", "1", "1", "20261105080000"]
PEOPLE = ["MaXa", "Ngay", "SoCCCDGanChip", "KichHoatMuc1", "KichHoatMuc2"]
VOICE = {
    "MaPAKN": "PA1",
    "MaDonVi": "H50.101",
    "Loai": "staff",
    "NgayTiepNhan": "2026-11-05 08:00:00",
    "HanXuLy": "2026-11-20 17:00:00",
}


@cache
def commune() -> str:
    return sorted(open_registry(None).admin_codes_on(date(2026, 11, 5), "commune"))[0]


def g2(**raw: Any) -> File:
    return File(envelope([record_2022(dossier(), **raw)]))


def money(**changed: str) -> File:
    return File(
        delimited([MONEY, [changed.get(name, cell) for name, cell in zip(MONEY, PAID, strict=True)]]), "payments", "csv"
    )


def people(**changed: str) -> File:
    sound = dict(zip(PEOPLE, [commune(), "2026-11-05", "9000", "100", "50"], strict=True))
    again = changed.pop("twice", None)
    rows = [sound | changed] + ([sound | {"KichHoatMuc1": again}] if again else [])
    return File(delimited([PEOPLE, *(list(row.values()) for row in rows)]), "vneid", "csv")


def voice(**changed: Any) -> File:
    return File(lines([VOICE | changed]), "feedback", "jsonl")


def sorry(dialect: str = "csv", **changed: Any) -> File:
    return letter_file(dialect, letter(dialect, **changed))


def said(**changed: str) -> File:
    return declared_file("csv", declared("csv", **changed))


def portal(unit: str = "H50", year: Any = 2026, score: Any = 1.0, **metric: Any) -> File:
    measured = {
        "code": "ONLINE_DOSSIER",
        "numerator": 1,
        "denominator": 2,
        "ratio": 50.0,
        "score": 1.0,
        "maxScore": 2.0,
    }
    overview = {
        "departmentCode": unit,
        "departmentName": "Quảng Trị",
        "departmentLevel": "PROVINCE",
        "totalScore": score,
        "totalMaxScore": 2.0,
        "metrics": [measured | metric],
    }
    name = sorted(open_registry(None).portal_groups)[0]
    answers = {name: {"code": "OK", "data": {"overview": overview, "evaluation": []}}}
    whole = {"timeType": "year", "year": year, "rootDepartmentCode": "H50", "answers": answers}
    return File(json.dumps(whole).encode(), "portal", "portal")


GOOD = {
    "dossiers": g2(),
    "payments": money(),
    "vneid": people(),
    "feedback": voice(),
    "apologies": sorry(),
    "declared": declared_file("csv", declared("csv")),
    "objections": objection_file(objection(), objection(MaHoSo="")),
    "portal": portal(),
}
LATER = datetime(2026, 11, 4, 7, 59, 59)

#: A broken file an expectation; or SQL on the normalised row, where the code maps let no file break it.
BROKEN: dict[str, File | str] = {
    "DOS-01": g2(MaHoSo=" "),
    "DOS-02": g2(NgayHenTra="20261301"),
    "DOS-03": g2(TrangThaiHoSo="11"),
    "DOS-04": "update rows set status = 11",
    "DOS-05": g2(KenhThucHien="9"),
    "DOS-06": "update rows set channel = 'pigeon'",
    "DOS-07": g2(NgayNopHoSo="20261105080001"),
    "DOS-08": g2(NgayKetThucXuLy="20261104075959"),
    "DOS-09": g2(NgayHenTra="20261104075959"),
    "DOS-10": g2(DonViXuLy="H50.999"),
    "DOS-11": g2(MaTTHC="9.999999"),
    "DOS-12": g2(DanhSachLePhi=[{"Gia": "50000"}, {"Gia": "-1"}]),
    "DOS-13": g2(DanhSachLePhi=[{"Gia": "nhiều"}]),
    "DOS-16": "update rows set fault = 'ragged_row'",  # a record has no cells; tables have tests of their own
    "DOS-17": File(g2().content.replace(b'"MaHoSo"', b'"MaHoSo":"H50.101-261104-0009","MaHoSo"')),
    "DOS-18": g2(NgayKetThucXuLy="20261107000000"),
    "DOS-19": g2(DuocThanhToanTrucTuyen="9"),
    "PAY-01": money(MaGiaoDich=" "),
    "PAY-02": money(ThoiGian=""),
    "PAY-03": money(TrangThai="3"),
    "PAY-04": money(CongThanhToan="9"),
    "PAY-05": money(MaDonVi="H50.999"),
    "PAY-06": money(MaTTHC="9.999999"),
    "PAY-07": money(SoTien="-50.000"),
    "PAY-08": money(SoTien="nhiều"),
    "PAY-09": File(delimited([MONEY, PAID[:-1]]), "payments", "csv"),
    "PAY-10": "update rows set fault = 'contradiction'",
    "PAY-11": money(ThoiGian="20261107000000"),
    "PAY-12": money(MaHoSo="2,61E+14"),
    "VNE-01": people(MaXa=""),
    "VNE-02": people(Ngay="2026-02-30"),
    "VNE-03": people(MaXa="00000"),
    "VNE-04": people(KichHoatMuc2="-1"),
    "VNE-05": people(KichHoatMuc1=""),
    "VNE-06": File(delimited([PEOPLE, [commune(), "2026-11-05", "9000", "100"]]), "vneid", "csv"),
    "VNE-07": File(
        delimited([PEOPLE, *([commune(), "2026-11-05", "9000", count, "50"] for count in ("100", "101"))]),
        "vneid",
        "csv",
    ),
    "VNE-08": people(Ngay="2026-11-07"),
    "PAK-01": voice(MaPAKN=None),
    "PAK-02": voice(NgayTraLoi="0000-00-00 00:00:00"),
    "PAK-03": voice(Loai="khác"),
    "PAK-04": voice(HanXuLy="2026-11-05 07:59:59"),
    "PAK-05": voice(MaDonVi="H50.999"),
    "PAK-06": "update rows set fault = 'ragged_row'",
    "PAK-07": File(lines([VOICE]).replace(b'"Loai"', b'"Loai":"rating","Loai"'), "feedback", "jsonl"),
    "PAK-08": voice(NgayTiepNhan="2026-11-07 00:00:00"),
    "PAK-09": voice(HaiLong="Không hài lòng"),
    "APO-01": sorry(MaHoSo=" "),
    "APO-02": sorry(NgayHenMoi="20260231080000"),
    "APO-03": sorry(LanThu="Lần 1"),
    "APO-04": sorry(NgayHenMoi="20261105075959"),
    "OBJ-01": File(delimited([[*OBJECTION], list(objection().values())[:-2]]), "objections", "csv"),
    "OBJ-02": "update rows set fault = 'contradiction'",
    "OBJ-03": objection_file(objection(SoPhanHoi="")),
    "OBJ-04": objection_file(objection(MaDonVi="H50.999")),
    "OBJ-05": objection_file(objection(MaTieuChi="DUNG_HAN")),
    "OBJ-06": objection_file(objection(TuNgay="2026-13-01")),
    "OBJ-07": objection_file(objection(DenNgay="2026-09-30")),
    "OBJ-08": objection_file(objection(LyDo="vì sai")),
    "OBJ-09": objection_file(objection(), objection(MaHoSo="H50.101-261004-0002", LyDo="not_ours")),
    "OBJ-10": objection_file(objection(MaHoSo="không rõ")),
    "OBJ-11": objection_file(objection(NgayGui="20261107000000")),
    "APO-05": sorry(MaDonVi="H50.999"),
    "APO-06": sorry(DaGui="chưa rõ"),
    "APO-07": File(delimited([[*KEYS], list(letter("csv").values())[:-1]]), "apologies", "csv"),
    "APO-08": "update rows set fault = 'contradiction'",
    "APO-09": sorry(NgayKy="20261107000000", NgayHenMoi="20261120080000"),
    "APO-10": "update rows set unknown_values = 'sent'",  # its one flag has a rule of its own, APO-06
    "TKH-01": File(delimited([[*declared("csv")], list(declared("csv").values())[:-1]]), "declared", "csv"),
    "TKH-02": declared_file("csv", declared("csv"), declared("csv", TuSo="18")),
    "TKH-03": said(MaDonVi="H50.999"),
    "TKH-04": said(TieuChi="CONG_BO_DUNG_HAN"),
    "TKH-05": said(NgayKhai=""),
    "TKH-06": said(TuNgay="2026-11-01"),
    "TKH-07": said(MauSo="hai mươi"),
    "TKH-08": said(TuSo="-1"),
    "TKH-09": said(TuSo="21"),
    "TKH-10": said(MaBamMinhChung="a" * 63),
    "TKH-11": said(NgayKhai="2026-11-07"),
    "TKH-12": said(TieuChi="TASK_DIGITAL_DONE_LATE", TuSo="3", MauSo="4"),
    "DVC-01": portal(unit=" "),
    "DVC-02": "update rows set bad_dates = 'period_start'",  # the reader makes the dates of a period itself
    "DVC-03": portal(unit="H99.999"),
    "DVC-04": portal(numerator=-1),
    "DVC-05": portal(numerator="nhiều"),
}


class Judged:
    """What one dataset's suite says of the good sample and of every broken one: expectation id -> sample names."""

    def __init__(self, dataset: str, folder: Path, registry: Registry) -> None:
        self.bites: dict[str, set[str]] = {}
        self.failed: dict[str, list[str]] = {}
        self.warned: dict[str, set[str]] = {}
        ids = [id_ for name, id_ in EXPECTATIONS if name == dataset]
        samples = {"good": GOOD[dataset]} | {id_: BROKEN[id_] for id_ in ids if id_ in BROKEN}
        good = GOOD[dataset]
        opened = [
            (good if isinstance(sample, str) else sample).open(n, folder, registry)
            for n, sample in enumerate(samples.values())
        ]
        with scratch.connect(good.dialect) as con:
            batch = read_batch(opened, registry, con)
            assert not batch.refused, batch.refused
            normalise(con, batch.table, opened, registry)
            for n, sample in enumerate(samples.values()):
                if isinstance(sample, str):
                    con.execute(f"{sample} where file_no = {n}")
            names = list(samples)
            of = {rid: names[file_no] for rid, file_no in con.execute("select rid, file_no from rows").fetchall()}
            verdicts = run_suite(con, dataset, SUITES)
            rules = load_rules(SUITES, dataset)
            columns = sorted({column for rule in rules for column in rule.columns})
            frame = con.execute(f"select rid, {', '.join(columns)} from rows order by rid").df()
        result = _definition(SUITES, dataset, None).run(
            batch_parameters={"dataframe": frame},
            result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["rid"]},
        )
        for outcome in result.results:
            found = outcome.result.get("unexpected_index_list") or []
            self.bites[outcome.expectation_config.meta["id"]] = {of[entry["rid"]] for entry in found}
        self.failed = {of[rid]: broken for rid, broken in verdicts.failed.items()}
        self.warned = {rule: {of[rid] for rid in rids} for rule, rids in verdicts.warned.items()}


@pytest.fixture(scope="module")
def suites(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> dict[str, Judged]:
    return {dataset: Judged(dataset, tmp_path_factory.mktemp(dataset), registry) for dataset in GOOD}


def test_every_suite_is_here() -> None:
    assert {dataset for dataset, _ in EXPECTATIONS} == set(GOOD)
    assert set(BROKEN) == {id_ for _, id_ in EXPECTATIONS}
    assert len({id_ for _, id_ in EXPECTATIONS}) == len(EXPECTATIONS)


@pytest.mark.parametrize(("dataset", "id_"), EXPECTATIONS)
def test_each_expectation_bites_its_broken_sample_and_not_the_good_one(
    dataset: str, id_: str, suites: dict[str, Judged]
) -> None:
    assert id_ in BROKEN, f"{id_} has no broken sample: nobody knows whether it bites"
    assert id_ in suites[dataset].bites[id_]
    assert "good" not in suites[dataset].bites[id_]


@pytest.mark.parametrize(("dataset", "id_"), EXPECTATIONS)
def test_each_rule_decides_by_its_severity(dataset: str, id_: str, suites: dict[str, Judged]) -> None:
    rule = next(rule for rule in load_rules(SUITES, dataset) if rule.id == id_)
    judged = suites[dataset]
    if rule.severity == "warn":
        assert id_ in judged.warned[rule.rule] and id_ not in judged.failed
    else:
        assert rule.rule in judged.failed[id_]
    assert "good" not in judged.failed


@pytest.mark.parametrize("dataset", sorted(GOOD))
def test_rules_say_what_they_are(dataset: str) -> None:
    for rule in load_rules(SUITES, dataset):
        assert rule.severity in ("fail", "warn")
        assert rule.rule in CONTRACT | OURS
        assert rule.reason_vi and rule.reason_en and rule.reason_vi != rule.reason_en
        assert rule.severity == "fail" or rule.rule in OURS, "the contract's rules all quarantine"


def test_the_contract_is_covered() -> None:
    assert {rule.rule for dataset in GOOD for rule in load_rules(SUITES, dataset)} == CONTRACT | OURS


def test_values_right_at_the_edge_pass(tmp_path: Path, registry: Registry) -> None:
    edges = [
        g2(NgayNopHoSo="20261105080000"),  # received one day before it was submitted, to the second
        g2(NgayKetThucXuLy="20261104080000"),
        g2(NgayHenTra="20261104080000"),
        g2(DanhSachLePhi=[{"Gia": "0"}]),
        g2(NgayTiepNhan="", NgayKetThucXuLy="", TrangThaiHoSo="1"),  # filed, not yet received
        g2(NgayTiepNhan="", NgayTuChoi="20261105080000", TrangThaiHoSo="3"),
    ]
    opened = [file.open(n, tmp_path, registry) for n, file in enumerate(edges)]
    with scratch.connect("dvcqg2022") as con:
        normalise(con, read_batch(opened, registry, con).table, opened, registry)
        assert run_suite(con, "dossiers", SUITES).failed == {}


def test_a_row_that_breaks_several_rules_lists_them_all_in_order(tmp_path: Path, registry: Registry) -> None:
    file = g2(MaHoSo="", NgayNopHoSo="2026", TrangThaiHoSo="99", KenhThucHien="9", DonViXuLy="H9", MaTTHC="x")
    opened = [file.open(0, tmp_path, registry)]
    with scratch.connect("dvcqg2022") as con:
        normalise(con, read_batch(opened, registry, con).table, opened, registry)
        verdicts = run_suite(con, "dossiers", SUITES)
    assert verdicts.failed == {
        0: ["no_key", "bad_date", "unknown_status", "unknown_channel", "unknown_unit", "unknown_procedure"]
    }


LETTERS: dict[str, list[tuple[dict[str, Any], list[str]]]] = {
    "csv": [
        ({}, []),
        ({"NgayHenMoi": ""}, []),
        ({"NgayHenMoi": "20261105080000"}, []),  # promised at the very moment of signing
        ({"LanThu": "9"}, []),
        ({"DaGui": "0"}, []),
        ({"MaHoSo": ""}, ["no_key"]),
        ({"NgayKy": ""}, ["bad_date"]),
        ({"NgayKy": "2026-11-05 08:00:00"}, ["bad_date"]),
        ({"LanThu": "0"}, ["bad_amount"]),
        ({"LanThu": "10"}, ["bad_amount"]),
        ({"LanThu": ""}, ["bad_amount"]),
        ({"NgayHenMoi": "20261105075959"}, ["due_before_received"]),
        ({"MaDonVi": ""}, ["unknown_unit"]),
        ({"DaGui": "2"}, ["unknown_value"]),
        ({"DaGui": ""}, ["unknown_value"]),
        (
            {"MaDonVi": "H9", "MaHoSo": " ", "LanThu": "x", "NgayKy": "x", "DaGui": "x"},
            ["no_key", "bad_date", "bad_amount", "unknown_unit", "unknown_value"],
        ),
    ],
    "jsonl": [
        ({}, []),
        ({"NgayHenMoi": None}, []),
        ({"LanThu": "2"}, []),
        ({"DaGui": False}, []),
        ({"MaHoSo": None}, ["no_key"]),
        ({"NgayKy": None}, ["bad_date"]),
        ({"NgayKy": "20261105080000"}, ["bad_date"]),
        ({"NgayHenMoi": "0000-00-00 00:00:00"}, ["bad_date"]),
        ({"LanThu": 0}, ["bad_amount"]),
        ({"LanThu": -1}, ["bad_amount"]),
        ({"LanThu": 1.5}, ["bad_amount"]),
        ({"LanThu": None}, ["bad_amount"]),
        ({"NgayHenMoi": "2026-11-05 07:59:59"}, ["due_before_received"]),
        ({"MaDonVi": "H50.999"}, ["unknown_unit"]),
        ({"DaGui": None}, ["unknown_value"]),
        ({"DaGui": "chưa rõ"}, ["unknown_value"]),
    ],
}


@pytest.mark.parametrize("dialect", LETTERS)
def test_letters_at_the_edge_and_beyond_it_in_both_dialects(dialect: str, tmp_path: Path, registry: Registry) -> None:
    file = letter_file(dialect, *(letter(dialect, **changed) for changed, _ in LETTERS[dialect]))
    opened = [file.open(0, tmp_path, registry)]
    with scratch.connect(dialect) as con:
        normalise(con, read_batch(opened, registry, con).table, opened, registry)
        failed = run_suite(con, "apologies", SUITES).failed
    assert [(changed, failed.get(n, [])) for n, (changed, _) in enumerate(LETTERS[dialect])] == LETTERS[dialect]


DECLARED: list[tuple[dict[str, str], list[str]]] = [
    ({}, []),
    ({"TuSo": "0", "MauSo": "0"}, []),  # no case at all: the method's rule says what that is worth
    ({"TuSo": "20", "MauSo": "20"}, []),
    ({"TieuChi": "ONLINE_DOSSIER"}, []),  # what exports measure may be declared, too: it stands beside
    ({"TieuChi": "VNEID_ACTIVATED"}, ["unknown_criterion"]),  # an indicator that no method scores
    ({"TieuChi": ""}, ["unknown_criterion"]),
    ({"TieuChi": "DOCUMENT_DIGITALLY_SIGNED"}, []),  # of a template
    ({"TieuChi": "SURVEY_RETURNED"}, []),
    ({"TieuChi": "TASK_DIGITAL_DONE_LATE", "TuSo": "4", "MauSo": "4"}, []),  # all tasks of the area
    ({"TieuChi": "TASK_DIGITAL_DONE_LATE", "TuSo": "3", "MauSo": "4"}, ["parts_not_whole"]),  # one is nowhere
    (
        {"TieuChi": "TASK_DIGITAL_DONE_LATE", "TuSo": "5", "MauSo": "4"},
        ["numerator_over_denominator", "parts_not_whole"],
    ),
    ({"MaDonVi": ""}, ["unknown_unit"]),
    ({"TuNgay": "2026-10-31", "DenNgay": "2026-10-31"}, []),
    ({"TuNgay": "2026-11-01"}, ["bad_date"]),
    ({"DenNgay": "31/10/2026"}, ["bad_date"]),
    ({"TuSo": "21"}, ["numerator_over_denominator"]),
    ({"TuSo": "1", "MauSo": "0"}, ["numerator_over_denominator"]),
    ({"TuSo": "-1"}, ["negative_amount"]),
    ({"TuSo": "", "MauSo": ""}, ["bad_amount"]),
    ({"TuSo": "1,5"}, ["bad_amount"]),
    ({"MaBamMinhChung": ""}, []),
    ({"MaBamMinhChung": "A" * 64}, []),
    ({"MaBamMinhChung": "g" * 64}, ["unknown_value"]),
    ({"MaBamMinhChung": "a" * 65}, ["unknown_value"]),
    ({"NgayKhai": "2026-11-06"}, []),
    ({"NgayKhai": "2026-11-07"}, ["after_export_date"]),
    ({"NguoiKhai": "Nguyễn Thị CANARY", "TepMinhChung": "so dien thoai 0912345678.pdf"}, []),
    (
        {"MaDonVi": "H9", "TieuChi": "x", "TuNgay": "x", "TuSo": "x", "MaBamMinhChung": "x"},
        ["unknown_unit", "unknown_criterion", "bad_date", "bad_amount", "unknown_value"],
    ),
]


@pytest.mark.parametrize("dialect", ["csv", "workbook"])
def test_declared_figures_at_the_edge_and_beyond_it(dialect: str, tmp_path: Path, registry: Registry) -> None:
    rows = [declared(dialect, n, **changed) for n, (changed, _) in enumerate(DECLARED)]  # a commune each
    opened = [declared_file(dialect, *rows).open(0, tmp_path, registry)]
    with scratch.connect(dialect) as con:
        normalise(con, read_batch(opened, registry, con).table, opened, registry)
        failed = run_suite(con, "declared", SUITES).failed
    assert [(changed, failed.get(n, [])) for n, (changed, _) in enumerate(DECLARED)] == DECLARED
