from decimal import Decimal
from pathlib import Path

import pytest

from cchc.errors import BuildError, PermanentError
from cchc.publish import list_periods, open_reader, select_periods
from cchc.publish.values import number
from cchc.settings import Settings


def test_both_engines_give_the_same_rows(any_settings: Settings) -> None:
    with open_reader(any_settings) as reader:
        rows = reader.rows(
            "select unit_code, total, rank, period_start from pub.ranking_v1 "
            "where period_kind = ? and level = ? order by rank nulls last, unit_code",
            ["quarter", "commune"],
        )
        assert [row["rank"] for row in rows] == [1, 2, 2, 4, 5, None]
        assert str(rows[0]["total"]) == "24.88"
        assert {"ranking_v1", "dossier_trail_v1"} <= reader.served()


def test_values_are_the_rows_as_json_has_them(any_settings: Settings) -> None:
    with open_reader(any_settings) as reader:
        for relation, key in (("ranking_v1", "unit_code, method"), ("unit_volume_v1", "unit_code, scope")):
            period = reader.rows(f"select period_id from pub.{relation} limit 1")[0]["period_id"]
            sql = f"select * from pub.{relation} where period_id = ? order by {key}"
            found = list(reader.values(sql, [period]))
            assert found == [tuple(map(number, row.values())) for row in reader.rows(sql, [period])]
            assert found
            assert not any(isinstance(value, Decimal) for row in found for value in row)


def test_what_a_column_repeats_is_one_object(settings: Settings) -> None:
    with open_reader(settings) as reader:
        found = list(reader.values("select period_id, total from pub.ranking_v1"))
        for values in zip(*found, strict=True):
            assert len({id(value) for value in values}) == len(set(values))
        assert list(reader.values("select unit_code, total from pub.ranking_v1 where unit_code = ?", ["nobody"])) == []


def test_a_warehouse_is_never_written(any_settings: Settings) -> None:
    with open_reader(any_settings) as reader, pytest.raises(Exception, match=r"(?i)read.only"):
        reader.connection.execute("create table pub.new_v1 (a integer)")


def test_what_is_missing_is_said(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(BuildError, match="nothing is served"):
        open_reader(Settings(workdir=tmp_path / "elsewhere", exports=""))
    with open_reader(settings) as reader, pytest.raises(BuildError, match="not publish this yet"):
        reader.rows("select * from pub.nothing_v1")


def test_a_missing_view_is_said_on_postgres(tmp_path: Path, postgres_url: str) -> None:
    settings = Settings(workdir=tmp_path, exports="", warehouse=postgres_url)
    with open_reader(settings) as reader, pytest.raises(BuildError, match="not publish this yet"):
        reader.rows("select * from pub.nothing_v1")


def test_periods_by_label_id_and_kind(settings: Settings) -> None:
    with open_reader(settings) as reader:
        periods = list_periods(reader)
    assert [p.label for p in periods] == ["2026-09", "2026-Q3"]
    assert [p.label for p in select_periods(periods, None)] == ["2026-09", "2026-Q3"]
    for wanted in ("2026-Q3", "2026-q3", "quarter", "2026-07-01_2026-09-30", "2026-07-01..2026-09-30"):
        assert [p.label for p in select_periods(periods, [wanted])] == ["2026-Q3"]
    assert select_periods(periods, ["year"]) == []
    with pytest.raises(PermanentError, match="2025"):
        select_periods(periods, ["2025"])
