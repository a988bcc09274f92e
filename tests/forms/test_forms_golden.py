"""The fullest public row of form II.06, rebuilt from dossiers and counted as ``cchc form`` counts; and rows that fail.

Published: tỉnh Đắk Nông, 15 December 2020 to 15 June 2021 (baodaknong.org.vn, 87368); tỉnh Lâm Đồng, 1 December 2019 to
29 February 2020 (baolamdong.vn, 2993657).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import psycopg
import pytest
from served_forms import fill, installation, tree
from typer.testing import CliRunner

from cchc.cli import app
from cchc.forms.cell import Cell
from cchc.forms.fill import fill_forms
from cchc.forms.identities import Check, check_row
from cchc.forms.layout import layout_on
from cchc.registry.open import Registry
from cchc.settings import Settings

FIRST, LAST = date(2020, 12, 15), date(2021, 6, 15)
PUBLISHED = {
    "recv_total": 218_763,
    "recv_online": 19_838,
    "recv_direct_postal": 190_319,
    "recv_carry": 8_606,
    "res_total": 206_885,
    "res_before": 99_558,
    "res_ontime": 106_018,
    "res_late": 1_309,
    "proc_total": 11_878,
}
#: in units.csv tỉnh Đắk Nông is H16; the units below it are made up
UNITS = tree(
    ("H16", "Tỉnh Đắk Nông", "province", None),
    *((f"H16.{n:02}", f"Sở {n}", "department", "H16") for n in range(1, 21)),
    *((f"H16.{n}", f"Xã {n}", "commune", "H16") for n in range(101, 172)),
)
FIELDS = np.array(["Hộ tịch", "Chứng thực", "Đất đai", "Bảo trợ xã hội"])


def reconstruction() -> pd.DataFrame:
    """218,763 dossiers: how each was filed and how it stands by the published parts, shuffled, and days that fit."""
    rng = np.random.default_rng(2021)
    parts = PUBLISHED
    size = parts["recv_total"]
    filed = np.repeat(
        ["carry", "online", "other"], [parts["recv_carry"], parts["recv_online"], parts["recv_direct_postal"]]
    )
    state = np.repeat(
        ["early", "on_the_day", "overdue", "running_in_time"],
        [parts["res_before"], parts["res_ontime"], parts["res_late"], parts["proc_total"]],
    )
    rng.shuffle(filed)
    rng.shuffle(state)
    first, last = np.datetime64(FIRST), np.datetime64(LAST)
    days = int((last - first).astype(int)) + 1
    is_carried, is_running = filed == "carry", state == "running_in_time"
    received = np.where(is_carried, first - rng.integers(1, 60, size), first + rng.integers(0, days, size))
    room = (last - np.maximum(received, first)).astype(int) + 1
    ended = np.maximum(received, first) + (rng.random(size) * room).astype(int)
    ended = np.where(is_running & (rng.random(size) < 0.5), last + rng.integers(1, 60, size), ended)
    is_open = is_running & (ended <= last)  # still running today; the others ended after the period
    due = np.where(state == "early", ended + 3, np.where(state == "overdue", ended - 1, ended))
    units = UNITS["unit"]
    handled_by = units["unit_code"].to_numpy()[rng.integers(1, len(units), size)]
    return pd.DataFrame(
        {
            "dossier_key": np.char.add("s:", np.arange(size).astype(str)),
            "dossier_code": np.arange(size).astype(str),
            "system": "s",
            "handling_unit": handled_by,
            "receiving_unit": handled_by,
            "procedure_field": FIELDS[rng.integers(0, len(FIELDS), size)],
            "procedure_level": np.where(np.char.str_len(handled_by.astype(str)) == 6, "province", "commune"),
            "channel": np.where(filed == "online", "online", np.where(rng.random(size) < 0.9, "direct", "postal")),
            "status": np.where(is_open, 4, 10),
            "received_date": received,
            "ended_at": np.where(is_open, np.datetime64("NaT"), ended),
            "timeliness": np.where(is_running & ~is_open, "overdue", state),
            "open_overdue_from_date": np.where(is_running, last + 10, due),
            "export_date": np.datetime64("2021-08-31"),
        }
    )


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def dak_nong(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    url = ""
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute("create database dak_nong")
        url = f"{server}/dak_nong"
    settings = installation(tmp_path_factory.mktemp("dak_nong") / "var", url)
    return fill(settings, UNITS | {"dossier_trail": reconstruction()})


def test_the_published_row_of_dak_nong(
    dak_nong: Settings, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (form,) = fill_forms(dak_nong, registry, "II.06a", FIRST, LAST, "H16")
    assert {key: form.total.cells[key].number for key in PUBLISHED} == PUBLISHED
    checks = {str(check.identity): check for check in form.checks(form.total)}
    assert {name: check.verdict for name, check in checks.items()} == dict.fromkeys(
        ["3 = 4 + 5 + 6", "6 = 11 before", "7 = 8 + 9 + 10", "11 = 12 + 13", "3 = 7 + 11"], "holds"
    )
    assert checks["6 = 11 before"].right == PUBLISHED["recv_carry"]
    assert all(check.verdict == "holds" for line in form.lines for check in form.checks(line))
    assert len(form.lines) == 8
    assert form.title.endswith("theo bố cục II.06a")
    # and through the command, to the cells of the workbook
    monkeypatch.setenv("CCHC_WAREHOUSE", dak_nong.warehouse)
    out = tmp_path / "form.xlsx"
    asked = ["form", "II.06a", "--unit", "H16", "--from", str(FIRST), "--to", str(LAST), "--out", str(out)]
    said = CliRunner().invoke(app, [*asked, "--workdir", str(dak_nong.workdir)], catch_exceptions=False)
    assert said.exit_code == 0, said.output
    assert "6 = 11 before: đúng" in said.output
    sheet = openpyxl.load_workbook(out, data_only=True)["Biểu"]
    (total,) = [[cell.value for cell in row] for row in sheet.iter_rows() if row[1].value == "Tổng cộng"]
    assert total[2:11] == list(PUBLISHED.values())


def test_every_units_form_comes_at_once_and_adds_up_to_the_provinces(dak_nong: Settings, registry: Registry) -> None:
    forms = fill_forms(dak_nong, registry, "II.06a", FIRST, LAST, None, every=True)
    assert len(forms) == 92
    assert sum(form.total.cells["recv_total"].known for form in forms if form.unit != "H16") == PUBLISHED["recv_total"]
    assert [form.is_aggregate for form in forms] == [form.unit == "H16" for form in forms]
    assert forms[1].title == "Tình hình, kết quả giải quyết thủ tục hành chính (Biểu số II.06a/VPCP/KSTT)"


def published(registry: Registry, **said: int) -> dict[str, Check]:
    """The identities of a published row, in which nothing but the figures is known."""
    layout = layout_on(registry, "II.06a", LAST)
    cells = {column.key: Cell(is_unsaid=True) for column in layout.measures} | {k: Cell(n) for k, n in said.items()}
    return {str(check.identity): check for check in check_row(layout, "", cells, {}, Cell(is_unsaid=True))}


def test_published_rows_that_do_not_add_up(registry: Registry) -> None:
    province = published(
        registry, recv_total=659_245, res_total=643_272, proc_total=7_172, proc_within=5_950, proc_late=1_222
    )
    assert province["11 = 12 + 13"].verdict == "holds"
    assert (province["3 = 7 + 11"].verdict, province["3 = 7 + 11"].difference) == ("unexplained", 8_801)
    assert province["3 = 4 + 5 + 6"].verdict == "unknown"
    own = published(registry, recv_total=54_575, res_total=51_780, proc_total=2_800)
    assert own["3 = 7 + 11"].difference == -5
    district = published(registry, recv_total=340_060, res_total=329_596, proc_total=3_405)
    assert district["3 = 7 + 11"].rest == 7_059


@pytest.mark.parametrize(
    ("left_out", "verdict", "rest"),
    [
        ({}, "unexplained", 7),
        ({"left_withdrawn": 4, "left_rejected": 3}, "explained", 0),
        ({"left_withdrawn": 4}, "unexplained", 3),
        ({"left_withdrawn": 9}, "unexplained", -2),
    ],
)
def test_a_difference_is_explained_by_what_has_no_column(
    registry: Registry, left_out: dict[str, int], verdict: str, rest: int
) -> None:
    layout = layout_on(registry, "II.06a", LAST)
    cells = {column.key: Cell() for column in layout.measures}
    cells |= {"recv_total": Cell(100), "recv_online": Cell(100), "res_total": Cell(93), "res_before": Cell(90)}
    checks = {str(check.identity): check for check in check_row(layout, "", cells, left_out, Cell(1))}
    assert (checks["3 = 7 + 11"].verdict, checks["3 = 7 + 11"].rest) == (verdict, rest)
    assert checks["3 = 4 + 5 + 6"].verdict == "holds"
    assert (checks["7 = 8 + 9 + 10"].verdict, checks["7 = 8 + 9 + 10"].difference) == ("unexplained", 3)
    assert (checks["6 = 11 before"].verdict, checks["6 = 11 before"].difference) == ("unexplained", -1)
