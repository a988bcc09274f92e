"""The national portal's answers: list groups and tree groups end as one row a unit and criterion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cchc.registry.open import Registry
from support.stages import File, normalise_rows, read_rows, refusal

METRIC = {"code": "PUBLISH_ON_TIME", "numerator": 3, "denominator": 4, "ratio": 75.0, "score": 4.5, "maxScore": 6}
UNIT = {"departmentName": "Xã Thử", "departmentCode": "h50.101", "departmentLevel": "COMMUNE"}
LIST_UNIT = UNIT | {"totalScore": 4.5, "totalMaxScore": 18, "metrics": [METRIC]}
TREE_UNIT = UNIT | {"totalOnTime": 9, "totalReceived": 10, "score": 16.2, "maxScore": 18}


def answers(**changed: Any) -> bytes:
    """A file of one list answer and one tree answer, each of one unit and its parent."""
    groups = {
        "transparency": {"code": "OK", "data": {"overview": LIST_UNIT, "evaluation": [LIST_UNIT]}},
        "dvc-progress-tree": {"code": "OK", "data": {"parent": TREE_UNIT, "children": [TREE_UNIT]}},
    }
    whole = {"timeType": "quarter", "year": 2026, "quarter": 3, "rootDepartmentCode": "H50", "answers": groups}
    return json.dumps(whole | changed).encode()


def portal(content: bytes) -> File:
    return File(content, "portal", "portal")


def test_a_list_answer_and_a_tree_answer_become_rows(tmp_path: Path, registry: Registry) -> None:
    rows = read_rows(tmp_path, registry, portal(answers()))
    assert [row["criterion"] for row in rows] == 2 * ["PUBLISH_ON_TIME", "GROUP:TRANSPARENCY"] + 2 * [
        "PROCESSING_ON_TIME",
        "GROUP:PROGRESS",
    ]
    assert {(row["period_start"], row["period_end"]) for row in rows} == {("2026-07-01", "2026-09-30")}
    listed, group, counted = rows[0], rows[1], rows[4]
    assert (listed["numerator"], listed["denominator"], listed["published_score"]) == ("3", "4", "4.5")
    assert (group["numerator"], group["published_score"], group["max_score"]) == (None, "4.5", "18")
    assert (counted["numerator"], counted["denominator"]) == ("9", "10")


def test_the_level_of_a_unit_is_one_of_the_registry(tmp_path: Path, registry: Registry) -> None:
    row = normalise_rows(tmp_path, registry, portal(answers()))[0]
    assert (row["unit_code"], row["unit_level"], row["unknown_units"]) == ("H50.101", "commune", None)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"timeType": "quarter",', "invalid_json"),
        (b"[]", "invalid_json"),
        (answers(timeType="fortnight"), "missing_column"),
        (answers(answers={"transparency": {"code": "ERROR", "data": {}}}), "missing_column"),
        (answers(answers={"transparency": {"code": "OK", "data": {"overview": UNIT}}}), "missing_column"),
    ],
    ids=["cut short", "no object", "unknown period", "no success", "without metrics"],
)
def test_what_is_no_set_of_answers_is_refused(content: bytes, reason: str, tmp_path: Path, registry: Registry) -> None:
    assert refusal(tmp_path, registry, portal(content)) == reason
