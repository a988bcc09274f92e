"""Claims and reports beside what the warehouse serves: agreement, difference, and where neither can be said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import psycopg
import pytest
from claim_world import fill_duckdb, statements

from cchc.claims import (
    Answer,
    Claim,
    Paragraph,
    Verdict,
    compare_claims,
    compare_report,
    explanation,
    judge,
    judge_report,
)
from cchc.claims.periods import of_list, of_text
from cchc.publish import Reader, open_reader
from cchc.settings import Settings


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """What readers see, on each engine."""
    settings = Settings(workdir=tmp_path_factory.mktemp("served"), exports="")
    if request.param == "duckdb":
        fill_duckdb(settings.served_path)
    else:
        server = request.getfixturevalue("postgres_server")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute("create database claims")
        settings = replace(settings, warehouse=f"{server}/claims")
        with psycopg.connect(settings.warehouse, autocommit=True) as connection:
            connection.execute("create schema pub")
            for sql, values in statements("pub.", "%s"):
                connection.execute(sql, values)  # type: ignore[call-overload]
    with open_reader(settings) as opened:
        yield opened


def compared(reader: Reader, **fields: str) -> tuple[Verdict, str]:
    place = {"place": "phường Đông Hà, tỉnh Quảng Trị", "period": "2026-Q3"}
    (found,) = compare_claims(reader, [judge(Claim(**{**place, **fields}))])
    return found.verdict, explanation(found)


def test_a_bare_claim_that_the_warehouse_holds_reproduces(reader: Reader) -> None:
    verdict, said = compared(reader, statement_type="bare", value="1297", stated_text="tiếp nhận 1.297 hồ sơ")
    assert verdict is Verdict.REPRODUCES_HALF_UP
    assert "Kho dữ liệu cho cùng số: số tiếp nhận của Phường Đông Hà, Quý III/2026: 1.297" in said


def test_a_claim_that_the_warehouse_contradicts(reader: Reader) -> None:
    verdict, said = compared(reader, statement_type="bare", value="1279", stated_text="tiếp nhận 1.279 hồ sơ")
    assert verdict is Verdict.CONTRADICTS_WAREHOUSE and "1.297, không phải 1.279" in said


def test_a_claim_that_contradicts_itself_stays_so(reader: Reader) -> None:
    fields = {"statement_type": "sum", "numerator": "114+1183", "value": "1279", "stated_text": "tiếp nhận 1.279 hồ sơ"}
    assert compared(reader, **fields)[0] is Verdict.CONTRADICTS_ITSELF


@pytest.mark.parametrize("rate", ["99,7", "99,75", "99,74", "95,0", "91,0"])
def test_a_rate_agrees_by_any_denominator_or_the_indicator(reader: Reader, rate: str) -> None:
    value = rate.replace(",", ".")
    text = f"tỷ lệ giải quyết đúng và trước hạn đạt {rate}%"
    assert compared(reader, statement_type="bare", value=value, stated_text=text)[0].reproduces


@pytest.mark.parametrize(
    "fields",
    [
        {"period": "2026-10"},  # not complete
        {"period": "2025-Q3"},  # not in the warehouse
        {"period": "2026-Q3 (dates not given)"},
        {"place": "xã Không Có"},
        {"stated_text": "tiếp nhận hơn 1.200 hồ sơ"},
        {"stated_text": "cấp xã tiếp nhận 1.200 hồ sơ"},
        {"stated_text": "1.200 giao dịch trực tuyến"},
    ],
)
def test_nothing_is_said_where_it_is_not_sure(reader: Reader, fields: dict[str, str]) -> None:
    claim = {"statement_type": "bare", "value": "1200", "stated_text": "tiếp nhận 1.200 hồ sơ"} | fields
    assert compared(reader, **claim)[0] is Verdict.NOT_CHECKABLE


def test_a_unit_may_be_named_by_its_code(reader: Reader) -> None:
    claim = {"statement_type": "bare", "value": "12970", "stated_text": "tiếp nhận 12.970 hồ sơ", "place": ""}
    assert compared(reader, unit_code="H50", **claim)[0].reproduces


HEAD = ["UBND TỈNH QUẢNG TRỊ", "UBND PHƯỜNG ĐÔNG HÀ", "Báo cáo cải cách hành chính quý III năm 2026"]


def report(reader: Reader, *lines: str) -> tuple[Answer, str, str]:
    found = [Paragraph(number, line) for number, line in enumerate([*HEAD, *lines], start=1)]
    last = compare_report(reader, [each.text for each in found], judge_report(found))[-1]
    return last.answer, last.should_be, last.explanation()


def test_a_report_is_of_the_unit_and_period_of_its_head(reader: Reader) -> None:
    assert report(reader, "Đã tiếp nhận 1.297 hồ sơ.")[0] is Answer.GOOD
    answer, should_be, said = report(reader, "Đã tiếp nhận 1.279 hồ sơ.")
    assert (answer, should_be) == (Answer.MEND, "1.279 → 1.297") and "Kho dữ liệu" in said


def test_a_sentence_may_name_another_period_or_unit(reader: Reader) -> None:
    assert report(reader, "Trong tháng 10/2026, tiếp nhận 5 hồ sơ.")[0] is Answer.OPEN
    assert report(reader, "Toàn tỉnh Quảng Trị tiếp nhận 12.970 hồ sơ.")[0] is Answer.GOOD
    assert report(reader, "Cùng kỳ năm trước tiếp nhận 5 hồ sơ.")[0] is Answer.OPEN


def test_periods_of_lists() -> None:
    quarter = (date(2026, 7, 1), date(2026, 9, 30))
    assert of_list("2026-Q3") == of_list("2026-07-01/2026-09-30") == quarter
    assert of_list("2026-02") == (date(2026, 2, 1), date(2026, 2, 28))
    assert of_list("2018") == (date(2018, 1, 1), date(2018, 12, 31))
    assert of_list("2026-Q3 (dates not given)") is of_list("2026-02-30/2026-03-01") is of_list("first months") is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("quý III/2026", "2026-07-01", "2026-09-30"),
        ("Quý 3 năm 2026", "2026-07-01", "2026-09-30"),
        ("9 tháng đầu năm 2026", "2026-01-01", "2026-09-30"),
        ("tháng 9/2026", "2026-09-01", "2026-09-30"),
        ("trong tháng 02 năm 2024", "2024-02-01", "2024-02-29"),
        ("từ ngày 15/12/2025 đến ngày 14/6/2026", "2025-12-15", "2026-06-14"),
        ("Kết quả năm 2026", "2026-01-01", "2026-12-31"),
        ("quý IV năm 2026 và năm 2027", "2026-10-01", "2026-12-31"),
    ],
)
def test_periods_of_texts(text: str, first: str, last: str) -> None:
    assert of_text(text) == (date.fromisoformat(first), date.fromisoformat(last))


def test_a_text_without_a_period_has_none() -> None:
    assert of_text("Nghị quyết số 05 và 100 hồ sơ") is None
