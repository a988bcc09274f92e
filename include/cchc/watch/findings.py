"""The matters that concern an addressee, from the facts: pure functions, the same facts give the same findings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from cchc.deliveries import Square
from cchc.notes.words import DATASET_NAMES
from cchc.reasons import LANGUAGES, reasons
from cchc.registry.contacts import Contact
from cchc.registry.open import Registry
from cchc.watch.facts import Facts
from cchc.watch.words import WORDS

#: In use beyond the limit of the settings: every step passed is a change that is told again.
DISK_STEPS = (0.95, 0.98, 0.99)
#: Once told, a disk is nearly full until it is this share below the limit, so that one file more or less says nothing.
DISK_SLACK = 0.02

Lines = Mapping[str, Sequence[str]]
Overdue = Sequence[tuple[Square, datetime]]


@dataclass(frozen=True)
class Finding:
    """One matter as it stands, as one addressee sees it.

    ``matter`` names it from look to look. ``kind`` is its entry in words.yaml. ``items``: its parts, by names that hold
    from look to look; one more is a change that is told, one less is not. ``values`` fill the words; ``lines`` list the
    parts, by language.
    """

    matter: str
    kind: str
    since: datetime
    items: frozenset[str]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lines: Lines = field(default_factory=dict)

    @property
    def titles(self) -> dict[str, str]:
        """What it is about, in one line, by language."""
        return {language: self.say(language, "title") for language in LANGUAGES}

    def say(self, language: str, what: str) -> str:
        """A text of its kind, filled."""
        text: str = WORDS[language]["kinds"][self.kind][what]
        return text.format_map(self.values.get(language, {}))


def concerning(contact: Contact, facts: Facts, registry: Registry, disk_limit: float, was_full: bool) -> list[Finding]:
    """What of the facts concerns an addressee by role and unit. ``was_full``: the disk is an open matter already."""
    if contact.role == "unit":
        return _of_unit(contact.unit, [each for each in facts.overdue if each[0].unit == contact.unit], registry, facts)
    if contact.role == "data":
        below = _below(registry, contact.unit, facts)
        return _of_systems([each for each in facts.overdue if below(each[0].unit)], registry, facts)
    if contact.role == "approval":
        return _waiting(facts)
    return [*_failed(facts), *_silent(facts), *_disk(facts, disk_limit, was_full)]


def _below(registry: Registry, top: str, facts: Facts) -> Callable[[str], bool]:
    units = registry.units_on(facts.now.date())

    def is_below(unit: str) -> bool:
        code, seen = unit, set()
        while code != top and code not in seen and code in units and units[code].parent:
            seen.add(code)
            code = units[code].parent or ""
        return code == top

    return is_below


# -- deliveries ----------------------------------------------------


def _of_systems(overdue: Overdue, registry: Registry, facts: Facts) -> list[Finding]:
    """One matter a system, by unit: ten units of one system that fail have one cause more often than ten."""
    by_system: dict[str, list[tuple[Square, datetime]]] = defaultdict(list)
    for square, since in overdue:
        by_system[square.system].append((square, since))
    found = []
    for code, mine in sorted(by_system.items()):
        units = {square.unit for square, _ in mine}
        names = _names(registry, units, facts)
        system = registry.systems.get(code)
        values = {
            language: {
                "system": f"{getattr(system, f'name_{language}', code)} ({code})",
                "code": code,
                "units": str(len(units)),
                "count": str(len(mine)),
                **_counts(mine),
            }
            for language in LANGUAGES
        }
        lines = {
            language: [
                f"{names[unit]}: {'; '.join(_parts([e for e in mine if e[0].unit == unit], language))}"
                for unit in sorted(units)
            ]
            for language in LANGUAGES
        }
        since = min(since for _, since in mine)
        found.append(Finding(f"deliveries:{code}", "deliveries", since, _keys(mine), values, lines))
    return found


def _of_unit(unit: str, overdue: Overdue, registry: Registry, facts: Facts) -> list[Finding]:
    """One matter a unit, over all its systems."""
    if not overdue:
        return []
    name = _names(registry, {unit}, facts)[unit]
    values = {
        language: {"unit": name, "code": unit, "count": str(len(overdue)), **_counts(overdue)} for language in LANGUAGES
    }
    lines = {
        language: [
            f"{system}: {'; '.join(_parts([e for e in overdue if e[0].system == system], language))}"
            for system in sorted({square.system for square, _ in overdue})
        ]
        for language in LANGUAGES
    }
    since = min(since for _, since in overdue)
    return [Finding(f"unit:{unit}", "unit", since, _keys(overdue), values, lines)]


def _keys(overdue: Overdue) -> frozenset[str]:
    return frozenset(f"{s.export_date}/{s.system}/{s.unit}/{s.dataset}/{s.status}" for s, _ in overdue)


def _counts(overdue: Overdue) -> dict[str, str]:
    return {status: str(sum(s.status == status for s, _ in overdue)) for status in ("missing", "refused")}


def _parts(overdue: Overdue, language: str) -> list[str]:
    """What is missing or refused of one unit or system: by dataset, the days, and of refused files the reason."""
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for square, _ in overdue:
        code = square.note.split(" ")[0] if square.status == "refused" else ""
        reason = reasons().get(code)
        told = f" ({reason.name[language]}, {code})" if reason else ""
        groups[square.status, square.dataset, told].append(f"{square.export_date:%d/%m}")
    words = WORDS[language]["words"]
    return [
        f"{words[status]} {DATASET_NAMES[language].get(dataset, dataset)} {', '.join(sorted(days))}{told}"
        for (status, dataset, told), days in sorted(groups.items())
    ]


def _names(registry: Registry, codes: Iterable[str], facts: Facts) -> dict[str, str]:
    units = registry.units_on(facts.now.date())
    return {code: f"{' '.join(units[code].name.split())} ({code})" if code in units else code for code in codes}


# -- runs ----------------------------------------------------------

_NUMBERS = re.compile(r"\d+([.,:]\d+)*")


def _failed(facts: Facts) -> list[Finding]:
    """One matter a command: its last run failed. Another error is a change; the same one again is not."""
    found = []
    for command, run in sorted(facts.failed.items()):
        summary = run["summary"]
        tasks: Mapping[str, str] = summary.get("tasks") or {"": summary.get("error") or "?"}
        errors = {task: _line(error) for task, error in tasks.items()}
        kind = _kind(command, summary.get("error_kind"))
        items = frozenset(f"{task}: {_NUMBERS.sub('#', error)}" for task, error in errors.items())
        values = {
            language: {
                "command": f"cchc {command}" if not command.startswith("dag ") else f"DAG {command[4:]}",
                "tasks": ", ".join(task for task in errors if task) or WORDS[language]["words"]["whole"],
                "count": str(len(errors)),
            }
            for language in LANGUAGES
        }
        lines = [f"{task}: {error}" if task else error for task, error in errors.items()]
        same = dict.fromkeys(LANGUAGES, lines)
        found.append(Finding(f"run:{command}", kind, run["since"], items, values, same))
    return found


def _kind(command: str, error_kind: Any) -> str:
    if error_kind == "ShareExceeded":
        return "share"
    return "build" if error_kind == "BuildError" or command in ("build", "dag build_warehouse") else "run"


def _line(error: str, longest: int = 300) -> str:
    """The first line of an error, without what would steer a terminal."""
    first = next((line for line in error.splitlines() if line.strip()), "")
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in first).split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"


# -- the server ----------------------------------------------------


def _silent(facts: Facts) -> list[Finding]:
    if facts.silent_since is None:
        return []
    hours = int((facts.now - facts.silent_since).total_seconds() // 3600)
    values = {language: {"hours": str(hours), "count": str(hours)} for language in LANGUAGES}
    return [Finding("silence", "silence", facts.silent_since, frozenset({"silent"}), values)]


def _disk(facts: Facts, limit: float, was_full: bool) -> list[Finding]:
    used = facts.disk_used
    if used < limit - (DISK_SLACK if was_full else 0):
        return []
    passed = frozenset({"limit", *(f"{step:.0%}" for step in DISK_STEPS if step > limit and used >= step)})
    free = f"{facts.disk_free / 1024**3:.1f}"
    one = {"used": f"{int(used * 100)}", "free": free, "limit": f"{limit:.0%}", "count": f"{int(used * 100)} %"}
    return [Finding("disk", "disk", facts.now, passed, dict.fromkeys(LANGUAGES, one))]


def _waiting(facts: Facts) -> list[Finding]:
    """One matter for all periods that wait: one person decides them, one after the other."""
    if not facts.waiting:
        return []
    since = min(datetime.combine(day, time(23, 59)) for day in facts.waiting.values())
    values = {
        language: {"periods": ", ".join(facts.waiting), "count": str(len(facts.waiting))} for language in LANGUAGES
    }
    closed = {language: WORDS[language]["words"]["closed on"] for language in LANGUAGES}
    lines = {
        language: [f"{label}: {closed[language]} {day:%d/%m/%Y}" for label, day in facts.waiting.items()]
        for language in LANGUAGES
    }
    return [Finding("approval", "approval", since, frozenset(facts.waiting), values, lines)]
