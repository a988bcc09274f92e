"""``cchc restated`` on either engine: the model's rows as they are, and a clear word where there are none."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from cchc.cli import restating
from cchc.errors import PermanentError
from cchc.publish import restated
from cchc.settings import Settings


def test_a_series_is_the_models_rows_oldest_first(any_settings: Settings) -> None:
    found = restated(any_settings, "H50.100")
    assert [(row["period_id"], row["grade"], row["denominator"]) for row in found.records()] == [
        ("2023-01-01_2023-12-31", "whole", Decimal("7.0000")),
        ("2024-01-01_2024-12-31", "not_comparable", None),
    ]
    assert restated(any_settings, "H50.100", "processing_on_time").rows == found.rows


@pytest.mark.parametrize(
    ("unit", "indicator", "said"),
    [
        ("H50.100", "ONLINE_DOSSIER", "is the indicator code right"),
        ("H50.D1.2", None, "H50.100 Phường Quảng Trị now"),
        ("H99", None, "is the agency code right"),
    ],
)
def test_without_rows_it_says_why(any_settings: Settings, unit: str, indicator: str | None, said: str) -> None:
    with pytest.raises(PermanentError, match=said):
        restated(any_settings, unit, indicator)


def test_the_command_tells_figures_and_reasons(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    restating.show_restated(settings, "H50.100", None, None, 1)
    told = capsys.readouterr().out
    assert "5/7" in told and "split_without_weight" in told and "not ranked" in told
    assert "1 more" in told
    out = tmp_path / "series.csv"
    restating.show_restated(settings, "H50.100", None, out, 1)
    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["numerator"], row["grade_reason"]) for row in rows] == [("5", ""), ("", "split_without_weight")]
