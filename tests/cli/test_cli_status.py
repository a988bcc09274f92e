"""``cchc status`` on the terminal: the board, the strays, and what stays whole in a narrow window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from cchc.cli import progress
from cchc.cli.status import show_board, show_strays
from cchc.contracts import DeliveryKey, Result
from cchc.deliveries import REASONS, StrayReason, board
from cchc.ledger import Arrival, Ledger, open_ledger
from cchc.reasons import reasons
from cchc.registry.open import Registry

DAY = date(2026, 11, 5)


@pytest.fixture(autouse=True)
def hundred_columns() -> Iterator[None]:
    before = progress.console.width
    progress.console.width = 100
    yield
    progress.console.width = before


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    opened = open_ledger("sqlite://")
    yield opened
    opened.engine.dispose()


def arrive(ledger: Ledger, system: str, unit: str, day: date, dataset: str = "dossiers") -> None:
    at = datetime.combine(day, datetime.min.time()) + timedelta(hours=20)
    key = DeliveryKey(system, unit, day, dataset)
    ledger.record_arrivals([Arrival(key, f"{system}/{unit}/{day}/x", "f", "a" * 64, 1, at)])


def test_a_silent_system_is_missing_and_one_that_never_spoke_is_named(
    registry: Registry, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    arrive(ledger, "pakn-dvcqg", "H50", DAY, "feedback")
    arrive(ledger, "police-vneid", "H50", DAY + timedelta(1), "vneid")
    show_board(registry, ledger, DAY, DAY + timedelta(1), None, None, False)
    said = capsys.readouterr().out
    (silent,) = [line for line in said.splitlines() if "missing" in line and "pakn-dvcqg" in line]
    assert "2026-11-06" in silent and "H50" in silent
    assert "never delivered anything:" in said and "pay-dvcqg" in said.split("never delivered")[1]
    assert "portal-dvcqg" not in said and "motcua-hailang" not in said  # nothing is due of these daily


@pytest.mark.parametrize(("minutes", "status"), [(0, "waiting"), (1, "missing")])
def test_missing_only_once_it_is_due(minutes: int, status: str, registry: Registry, ledger: Ledger) -> None:
    arrive(ledger, "pakn-dvcqg", "H50", DAY, "feedback")
    arrive(ledger, "police-vneid", "H50", DAY + timedelta(1), "vneid")
    spec = registry.systems["pakn-dvcqg"].spec("feedback")
    assert spec is not None and (spec.due_days, spec.due_time) == (1, "01:00")
    due = datetime(2026, 11, 7, 1, minutes)
    found = board(registry, ledger, DAY + timedelta(1), DAY + timedelta(1), "pakn-dvcqg", now=due)
    assert [square.status for square in found] == [status]


def test_a_clock_that_lags_behind_the_data_is_not_believed(registry: Registry, ledger: Ledger) -> None:
    arrive(ledger, "pakn-dvcqg", "H50", DAY, "feedback")
    arrive(ledger, "police-vneid", "H50", DAY + timedelta(1), "vneid")
    arrive(ledger, "police-vneid", "H50", DAY + timedelta(2), "vneid")
    day = DAY + timedelta(1)
    found = board(registry, ledger, day, day, "pakn-dvcqg", now=datetime(2020, 1, 1))
    assert [square.status for square in found] == ["missing"]


def test_strays_are_listed_by_reason_and_never_folded(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    long = "mcdt-quangtri/H50.101/2026-11-05/" + "x" * 90 + ".tmp"
    ledger.record_strays(
        [
            (long, StrayReason.UNKNOWN_FILE_NAME),
            ("mcdt-quangtri/H50.101/2026-11-05/[red]\x1b[2J.csv", StrayReason.UNKNOWN_FILE_NAME),
            ("mcdt-quangtri/H99", StrayReason.UNIT_NOT_REGISTERED),
            ("mcdt-quangtri/H50.101/20261105", StrayReason.UNKNOWN_DAY_FOLDER, "2026-11-05/"),
            ("mcdt-quangtri/H50.101/dossiers.csv", StrayReason.NO_DAY_FOLDER, "dossiers.csv"),
        ]
    )
    show_strays(ledger, None, None)
    said = capsys.readouterr().out
    assert any(long in line for line in said.splitlines())
    assert "/[red]?[2J.csv" in said and "\x1b[2J" not in said
    assert "like 2026-11-05/" in said
    for reason in StrayReason:
        assert reason in said and all(text in said for text in REASONS[reason])
    show_strays(ledger, "mcdt-quangtri", "H99")
    assert capsys.readouterr().out.count("mcdt-quangtri") == 1


def test_every_reason_has_a_text_in_both_languages() -> None:
    assert set(REASONS) == set(StrayReason) and all(vi and en for vi, en in REASONS.values())


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_codes_stay_whole_in_any_width(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    progress.console.width = width
    codes = ["916afaae11aa5ffb:78", "2026-09-17", "igate-quangtri", "H50.141", "dossiers", "received_before_submitted"]
    progress.print_table("Quarantine", ["id", "day", "system", "unit", "dataset", "rule"], [codes])
    said = capsys.readouterr().out
    assert all(code in said for code in codes)
    assert max(map(len, said.splitlines())) <= width


def test_a_refused_file_says_what_its_sender_does(
    registry: Registry, ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    arrive(ledger, "pakn-dvcqg", "H50", DAY, "feedback")
    (revision,) = ledger.undecided()
    result = Result(revision)
    result.refuse("missing_column", "kind (Loai)")
    ledger.record_results([result])
    show_board(registry, ledger, DAY, DAY, None, None, False)
    said = " ".join(capsys.readouterr().out.split())
    assert f"H50, tệp pakn-dvcqg/H50/{DAY}/x: thiếu cột bắt buộc (missing_column). Thấy: kind (Loai)." in said
    assert f"What to do: {' '.join(reasons()['missing_column'].do['en'].split())}" in said
