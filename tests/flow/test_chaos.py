"""A killed run followed by a clean one gives the same tables as an undisturbed run."""

from __future__ import annotations

from pathlib import Path

import pytest
from chaos import differences, survive


@pytest.mark.slow
def test_three_kills_leave_no_trace(tmp_path: Path) -> None:
    assert survive(kills=3, seed=11, base=tmp_path) == []


def test_the_comparison_can_see_a_difference() -> None:
    assert differences({"a": ["1", "2"]}, {"a": ["1"]}) and not differences({"a": ["1"]}, {"a": ["1"]})
