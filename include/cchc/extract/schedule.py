"""A folder whose files become visible day by day: which bytes a path shows on which run day.

For tests, rehearsals and demonstrations of late, repeated and corrected deliveries. The schedule is a JSON file
with ``events``: run_day, path, from (relative to the schedule), revision, kind.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from cchc.errors import SourceError
from cchc.extract.base import CHUNK, Listed

#: Exports of a run day are taken to have arrived in the night after it.
ARRIVAL = time(0, 30)


@lru_cache(maxsize=4)
def _events(schedule: Path, changed: float) -> list[dict[str, str]]:
    try:
        events = json.loads(schedule.read_text(encoding="utf-8"))["events"]
        for event in events:
            date.fromisoformat(event["run_day"])
            if "/" not in event["path"] or not isinstance(event["from"], str):
                raise ValueError(f"no delivery path: {event['path']}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"schedule {schedule}: {error!r}") from error
    seen: Counter[tuple[str, str]] = Counter()
    for event in events:
        # a path may change twice on one day: each change is a step of its own, or the first bytes would be lost
        seen[event["run_day"], event["path"]] += 1
        event["step"] = f"{event['run_day']}#{seen[event['run_day'], event['path']]:03d}"
    return sorted(events, key=lambda event: event["step"])


def run_steps(schedule: Path) -> list[str]:
    """The steps of a schedule in order: ``<run day>#<n>``, with more than one a day where a path changes twice."""
    return sorted({event["step"] for event in _events(schedule, schedule.stat().st_mtime)})


class ScheduledSource:
    """What is visible at one step: for each path the last event up to then."""

    def __init__(self, schedule: Path, step: str, root: Path | None = None) -> None:
        #: Where ``from`` is looked for: beside the schedule, else beside the export root.
        self.bases = [schedule.parent, *([root.parent] if root else [])]
        self.folders: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
        for event in _events(schedule, schedule.stat().st_mtime):
            if event["step"] <= step:
                folder, name = event["path"].rsplit("/", 1)
                self.folders[folder][name] = event

    def folder(self, system: str, unit: str, day: date) -> list[Listed]:
        """Files of one delivery folder; see ``Source.folder``. The fingerprint is the event's step."""
        visible = self.folders.get(f"{system}/{unit}/{day.isoformat()}", {})
        return [
            Listed(name, event["from"], f"{event['step']}:{event['from']}", _arrival(event["run_day"]))
            for name, event in sorted(visible.items())
        ]

    def is_news(self, fingerprint: str, known: str | None) -> bool:
        """Only a later step is news: a schedule run again from its start must not bring back what was replaced."""
        return known is None or fingerprint > known

    def read(self, location: str) -> Iterator[bytes]:
        """The bytes of one event."""
        try:
            with self._find(location).open("rb") as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except OSError as error:
            raise SourceError(f"{location}: {error}") from error

    def look(self, listed: Listed) -> Listed | None:
        """A schedule shows whole files only."""
        return None

    def _find(self, location: str) -> Path:
        return next((base / location for base in self.bases if (base / location).is_file()), self.bases[0] / location)


def _arrival(run_day: str) -> datetime:
    return datetime.combine(date.fromisoformat(run_day) + timedelta(days=1), ARRIVAL)
