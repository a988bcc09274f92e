"""Rules of the integrity signals: one version a signal and day, and the limits that each signal is decided by."""

from __future__ import annotations

from collections.abc import Iterator

from cchc.registry.check_versions import versions
from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem

_LIMITS = ("limit_days", "limit_minutes", "limit_cases", "limit_percent")
#: Signal -> the limits it is decided by; any other would be read by nobody.
USED: dict[str, tuple[str, ...]] = {
    "end_backdated": ("limit_days",),
    "due_moved_late": ("limit_days",),
    "vanished_overdue": ("limit_days",),
    "finished_and_reopened": (),
    "cancelled_and_refiled": ("limit_days", "limit_minutes", "limit_cases"),
    "ends_piled_on_due_day": ("limit_cases", "limit_percent"),
    "full_marks_on_zero_cases": (),
}


def check_integrity(parsed: Parsed) -> Iterator[Problem]:
    """Problems of integrity_signals.csv. A signal without a row in force is switched off, which is no error."""
    yield from versions(parsed.integrity_signals, lambda item: item.signal, "signal", "dấu hiệu", gaps=False)
    for placed in parsed.integrity_signals:
        used = USED[placed.item.signal]
        for limit in _LIMITS:
            given = getattr(placed.item, limit) is not None
            if limit in used and not given:
                message, message_vi = f"{placed.item.signal} needs {limit}", f"{placed.item.signal} cần {limit}"
                yield Problem(placed.file, placed.line, "missing_limit", message, message_vi)
            elif given and limit not in used:
                message = f"{placed.item.signal} is not decided by {limit}"
                message_vi = f"{placed.item.signal} không dùng {limit}"
                yield Problem(placed.file, placed.line, "unused_limit", message, message_vi)
