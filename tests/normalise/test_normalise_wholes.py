"""Answers to a question, states of the tasks of an area: what makes up its total, whatever the counts are."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cchc.registry.open import Registry
from support.declared import declared, declared_file
from support.stages import normalise_rows

STATES = ("DONE_ON_TIME", "DONE_LATE", "RUNNING_IN_TIME", "RUNNING_OVERDUE")
COUNTS = st.lists(st.integers(0, 10**9), min_size=4, max_size=4)
#: Counts by state, what is added to the total, and which rows are left out or told twice.
PARTS = st.tuples(COUNTS, st.sampled_from([0, 0, 1, -1]), st.sets(st.integers(0, 3), max_size=2), st.booleans())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(PARTS, min_size=1, max_size=8))
def test_a_part_is_whole_where_its_counts_make_its_total(
    parts: list[tuple[list[int], int, set[int], bool]], tmp_path: Path, registry: Registry
) -> None:
    told, wanted = [], []
    for number, (counts, added, left_out, twice) in enumerate(parts):
        total = sum(counts) + added
        kept = [at for at in range(4) if at not in left_out]
        rows = [
            declared("csv", number, TieuChi=f"TASK_DIGITAL_{STATES[at]}", TuSo=f"{counts[at]}", MauSo=f"{total}")
            for at in kept
        ]
        rows += rows[:1] if twice else []  # the same row once more is no other count
        told += rows
        wanted += [sum(counts[at] for at in kept) != total] * len(rows)
    found = normalise_rows(tmp_path, registry, declared_file("csv", *told))
    assert [row["broken_whole"] for row in found] == wanted


def test_each_unit_period_and_declaration_has_its_own_whole(tmp_path: Path, registry: Registry) -> None:
    def area(**changed: str) -> list[dict[str, str]]:
        return [declared("csv", TieuChi=f"TASK_DIGITAL_{state}", TuSo="1", MauSo="4", **changed) for state in STATES]

    told = [*area(), *area(NgayKhai="2026-11-05"), *area(TuNgay="2026-10-02")]
    told += [declared("csv", 1, TieuChi="TASK_DIGITAL_DONE_LATE", TuSo="1", MauSo="4")]
    told += [
        declared("csv", 2, TieuChi=f"TASK_DIGITAL_{s}", TuSo="1", MauSo="4" if n else "5") for n, s in enumerate(STATES)
    ]
    rows = normalise_rows(tmp_path, registry, declared_file("csv", *told))
    assert [row["broken_whole"] for row in rows] == [False] * 12 + [True] + [True] * 4
