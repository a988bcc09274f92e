"""The shipped claims come out as their lists say, by rule: the names of the rows decide nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cchc.claims import claims_of, explanation, judge_all, shipped, shipped_rows
from cchc.claims.model import COLUMNS, Kind


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return shipped_rows()


def test_every_verdict_is_the_expected_one(rows: list[dict[str, str]]) -> None:
    found = {each.claim.id: each.verdict.value for each in shipped()}
    assert found == {row["id"]: row["expected_verdict"] for row in rows}


def test_every_recomputed_figure_is_the_one_of_the_list(rows: list[dict[str, str]]) -> None:
    checked = 0
    for row, judged in zip(rows, shipped(), strict=True):
        if row["recomputed"]:
            assert judged.recomputed is not None, row["id"]
            digits = Decimal(1).scaleb(-len(row["recomputed"].partition(".")[2]))
            wanted = Decimal(row["recomputed"])
            # the list rounds or cuts its own recomputed figure
            assert abs(judged.recomputed - wanted) <= digits, row["id"]
            checked += 1
    assert checked > 110


def test_the_lists_are_whole(rows: list[dict[str, str]]) -> None:
    assert sum(row["list"] == "public" for row in rows) == 94
    assert sum(row["list"] == "seeds" for row in rows) >= 80
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert set(COLUMNS) <= set(row) and row["source_title"] and row["place"] and row["value"], row["id"]
        assert row["statement_type"] in set(Kind), row["id"]
        assert row["source_url"] or row["list"] == "seeds", row["id"]


def test_no_row_is_judged_by_its_name(rows: list[dict[str, str]]) -> None:
    claims = claims_of(rows)
    nameless = judge_all([replace(claim, id="x", source_title="y", row=0) for claim in claims])
    assert [each.verdict for each in nameless] == [each.verdict for each in judge_all(claims)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_verdict_is_explained_in_both_languages(language: str) -> None:
    for judged in shipped():
        text = explanation(judged, language)
        assert text.endswith(".") and "{" not in text, judged.claim.id


def test_the_seeds_flags_are_found() -> None:
    found = {each.claim.stated_text: explanation(each) for each in shipped()}
    assert "1.297" in found["tiếp nhận 1.279; đã giải quyết 1.183; đang giải quyết 114"]
    assert "chỉ khớp khi cắt bớt" in found["số hóa 46.166 hồ sơ, đạt 97,7%"]
    assert "viết đảo" in found["14 thủ tục và 439 lĩnh vực"]
