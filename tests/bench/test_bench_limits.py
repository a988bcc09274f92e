"""What the bench says of a figure, and how it ends."""

from __future__ import annotations

import pytest

from bench import limits
from bench.limits import Limit, Verdict


def test_a_figure_at_its_limit_is_good_and_one_above_it_is_a_miss() -> None:
    verdict = Verdict()
    verdict.hold(limits.WORK, 4.0)
    verdict.hold(limits.MEMORY, 1.5)
    assert verdict.lines == [
        "ok    work against the floor: 4.0 times (at most 4)",
        "ok    peak memory: 1.50 GB (at most 1.5 GB)",
    ]
    assert verdict.exit_code == 0
    verdict.hold(limits.GROWTH, 0.15, 3_000_000, 1_000_000)
    assert verdict.lines[-1] == "MISS  day after at 3,000,000 rows against 1,000,000: +15% (at most +10%)"
    verdict.hold(limits.DAY, 1.0)
    assert verdict.exit_code == 1
    assert verdict.rows[-2:] == [
        {
            "what": "day after at 3,000,000 rows against 1,000,000",
            **{"measured": 15.0, "target": 10.0, "moonshot": 0.0, "unit": "%", "ok": False},
        },
        {
            "what": "the day after, wall with start-up, against the floor",
            **{"measured": 1.0, "target": 2.5, "moonshot": 1.5, "unit": "times", "ok": True},
        },
    ]


@pytest.mark.parametrize(
    ("limit", "most"),
    [
        (limits.WORK, 4.0),
        (limits.WALL, 6.0),
        (limits.DAY, 2.5),
        (limits.GROWTH, 0.10),
        (limits.MEMORY, 1.5),
        (limits.MEMORY_LARGE, 3.0),
        (limits.NIGHT, 40.0),
        (limits.NIGHT_HISTORY, 120.0),
        (limits.FILE, 2.0),
        (limits.SCHEDULER, 60.0),
    ],
)
def test_the_limits_are_the_targets(limit: Limit, most: float) -> None:
    gaps = limit.said.count("{")
    assert limit.most == most
    assert limit.line(most, *[1000] * gaps)[0]
    assert not limit.line(most * 1.01, *[1000] * gaps)[0]
