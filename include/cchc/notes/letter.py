"""The note to a unit about its files of a period, as Markdown that an office can send.

What was refused, held or warned about, where, and how to mend it; what is missing or came late. What a later revision
has mended is not told. Of values only what quarantine shows, of stray names only how many.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from textwrap import TextWrapper
from typing import Any
from zoneinfo import ZoneInfo

from cchc.contracts import TIMEZONE
from cchc.deliveries import REASONS, StrayReason, board
from cchc.errors import PermanentError
from cchc.ledger import Ledger
from cchc.notes.words import DATASET_NAMES, WORDS
from cchc.reasons import reasons
from cchc.registry.open import Registry
from cchc.validate.explain import Fault, faults_of

#: Of a file and kind, row numbers that are named; of a kind, examples of what was found, and files that are named.
MOST_ROWS, MOST_FOUND, MOST_FILES = 5, 3, 20
WIDTH = 96
_CODE = re.compile(r"\w+")


@dataclass(frozen=True)
class Asked:
    """What a letter is about: a unit, export dates, perhaps one system only; and its language (``vi``, ``en``)."""

    unit: str
    first: date
    last: date
    system: str | None = None
    language: str = "vi"


def letter(
    asked: Asked, registry: Registry, ledger: Ledger, held: Iterable[Mapping[str, Any]], expectations: Path
) -> str:
    """The whole note. ``held``: rows of ``raw.quarantine`` as ``cchc quarantine`` reads them.

    Raises ``PermanentError`` for a unit that neither the registry nor the ledger knows.
    """
    words = WORDS[asked.language]
    files = ledger.find(day_from=asked.first, day_to=asked.last, system=asked.system, unit=asked.unit)
    known = [unit for unit in registry.units if unit.agency_code == asked.unit]
    if not files and not known:
        raise PermanentError(f"no unit {asked.unit} in the registry or the ledger; see 'cchc status --all'")
    name = next((unit.name for unit in known if unit.valid_on(asked.last)), known[-1].name if known else "")
    newest = {(file["system"], file["export_date"], file["dataset"]): file for file in files}.values()
    refused = [file for file in newest if file["outcome"] == "refused"]
    in_force = {file["id"]: file for file in files if file["in_force"]}
    rows = [row for row in held if row["revision_id"] in in_force]
    squares = board(registry, ledger, asked.first, asked.last, asked.system, asked.unit)
    absent = [square for square in squares if square.status in ("missing", "late")]
    read = sum(file["rows_read"] for file in in_force.values())
    parts = [
        f"# {words['title']}: {f'{name} ({asked.unit})' if name else asked.unit}\n",
        f"{words['period']}: {_day(asked.first)} - {_day(asked.last)}. {words['made']} {_day(_today())}.\n",
        f"{words['summary']}\n",
        _list(
            [
                words["files"].format(files=len(newest), refused=len(refused)),
                words["rows"].format(rows=read, held=len(rows)),
                words["days"].format(
                    missing=sum(square.status == "missing" for square in absent),
                    late=sum(square.status == "late" for square in absent),
                ),
            ]
        ),
    ]
    sections = [
        ("refused", _refused(refused, words, asked.language)),
        ("held", _held(rows, in_force, registry, expectations, asked.language)),
        ("warned", _warned([f for f in in_force.values() if f["warnings"]], words, asked.language)),
        ("absent", _absent(absent, words, asked.language)),
        ("strays", _strays(ledger, asked, words)),
    ]
    told = [(title, text) for title, text in sections if text]
    for number, (title, text) in enumerate(told, 1):
        parts.append(f"## {number}. {words[title]}\n\n{words[f'{title} means']}\n\n{text}")
    parts.append(words["close"] + "\n" if told else words["nothing"] + "\n")
    return _folded("\n".join(parts))


def _refused(files: Sequence[Mapping[str, Any]], words: Mapping[str, str], language: str) -> str:
    by_reason: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for file in files:
        by_reason[file["reason"]].append(file)
    parts = []
    for code, mine in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0])):
        lines = []
        for file in mine:
            found = f"; {words['found']}: {file['detail']}" if file["detail"] else ""
            lines.append(f"{_file(file, language)}{found}.")
        parts.append(_kind(code, "", len(mine), words["n files"], language) + _list(_few(lines, words)))
        parts.append(_remedy(code, words, language))
    return "\n".join(parts)


def _held(
    rows: Iterable[Mapping[str, Any]],
    files: Mapping[str, Mapping[str, Any]],
    registry: Registry,
    expectations: Path,
    language: str,
) -> str:
    """By rule and column: how many rows, what was found and expected, and the first row numbers of each file."""
    words = WORDS[language]
    groups: dict[tuple[str, str, str], list[tuple[Mapping[str, Any], Fault]]] = defaultdict(list)
    for row in rows:
        for fault in faults_of(row, registry, expectations, language):
            groups[fault.code, fault.columns, fault.wanted].append((row, fault))
    parts = []
    for (code, columns, wanted), mine in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        found = Counter(fault.found for _, fault in mine)
        shown = ", ".join(text for text, _ in found.most_common(MOST_FOUND))
        more = words["and others"] if len(found) > MOST_FOUND else ""
        parts.append(_kind(code, columns, len(mine), words["n rows"], language))
        parts.append(f"{words['found'].capitalize()}: {shown}{more}. {words['wanted'].capitalize()}: {wanted}.\n")
        numbers: dict[str, list[int]] = defaultdict(list)
        for row, _ in mine:
            numbers[row["revision_id"]].append(row["row_number"])
        lines = []
        for revision, at in sorted(numbers.items(), key=lambda item: _order(files[item[0]])):
            first = ", ".join(str(number) for number in sorted(at)[:MOST_ROWS])
            rest = words["n more"].format(n=len(at) - MOST_ROWS) if len(at) > MOST_ROWS else ""
            lines.append(f"{_file(files[revision], language)}, {words['row']} {first}{rest}.")
        parts.append(_list(_few(lines, words)))
        parts.append(_remedy(code, words, language))
    return "\n".join(parts)


def _warned(files: Sequence[Mapping[str, Any]], words: Mapping[str, str], language: str) -> str:
    groups: dict[str, list[str]] = defaultdict(list)
    for file in sorted(files, key=_order):
        for warning in dict.fromkeys(file["warnings"].split(",")):
            if named := _CODE.match(warning):
                detail = warning[named.end() :].strip(" :")
                groups[named[0]].append(_file(file, language) + (f": {detail}." if detail else "."))
    parts = []
    for code, lines in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        parts.append(_kind(code, "", len(lines), words["n files"], language) + _list(_few(lines, words)))
        parts.append(_remedy(code, words, language))
    return "\n".join(parts)


def _absent(squares: Sequence[Any], words: Mapping[str, str], language: str) -> str:
    groups: dict[tuple[str, str, str], list[date]] = defaultdict(list)
    for square in squares:
        groups[square.status, square.system, square.dataset].append(square.export_date)
    return _list(
        f"{words[status]}, {_dataset(dataset, language)} ({system}): {', '.join(_day(day) for day in sorted(days))}."
        for (status, system, dataset), days in sorted(groups.items(), reverse=True)
    )


def _strays(ledger: Ledger, asked: Asked, words: Mapping[str, str]) -> str:
    """By folder of the unit and reason, how many: a name may be anybody's, so ``cchc status --strays`` has it."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in ledger.strays():
        parts = [*row["path"].split("/"), "", ""]
        if parts[1] == asked.unit and (not asked.system or parts[0] == asked.system):
            day = parts[2] if re.fullmatch(r"[\d-]{8,10}", parts[2]) else ""
            if _within(day, asked):
                counts["/".join(part for part in (*parts[:2], day) if part), row["reason"]] += 1
    lines = []
    for (folder, reason), count in sorted(counts.items()):
        vi, en = REASONS[StrayReason(reason)]
        lines.append(f"{folder}: {words['n names'].format(n=count)}, {vi if asked.language == 'vi' else en}.")
    return _list(_few(lines, words)) if lines else ""


def _within(day: str, asked: Asked) -> bool:
    """Whether a day folder belongs to the letter's days; one whose day nobody can read does."""
    try:
        return asked.first <= date.fromisoformat(day) <= asked.last
    except ValueError:
        return True


# -- how things are written ----------------------------------------


def _kind(code: str, columns: str, count: int, counted: str, language: str) -> str:
    """The heading of one kind of fault."""
    reason = reasons().get(code)
    name = reason.name[language] if reason else code
    column = f", {WORDS[language]['column']} {columns}" if columns else ""
    return f"### {name[:1].upper()}{name[1:]} ({code}){column}: {counted.format(n=count)}\n\n"


def _remedy(code: str, words: Mapping[str, str], language: str) -> str:
    reason = reasons().get(code)
    return f"**{words['do']}:** {reason.do[language]}\n" if reason else ""


def _file(file: Mapping[str, Any], language: str) -> str:
    return f"{_day(file['export_date'])}, {_dataset(file['dataset'], language)}, `{file['path']}`"


def _order(file: Mapping[str, Any]) -> tuple[Any, ...]:
    return file["export_date"], file["path"]


def _dataset(dataset: str, language: str) -> str:
    return DATASET_NAMES[language].get(dataset, dataset)


def _few(lines: Sequence[str], words: Mapping[str, str]) -> list[str]:
    rest = len(lines) - MOST_FILES
    return [*lines[:MOST_FILES], *([words["more files"].format(n=rest)] if rest > 0 else [])]


def _list(lines: Iterable[str]) -> str:
    return "".join(f"- {line}\n" for line in lines)


def _folded(text: str) -> str:
    """Lines that a mail and a terminal show whole; codes and paths are never parted."""
    fold = TextWrapper(WIDTH, break_long_words=False, break_on_hyphens=False)
    lines = []
    for line in text.splitlines():
        fold.subsequent_indent = "  " if line.startswith("- ") else ""
        lines += [line] if line.startswith("#") else fold.wrap(line) or [""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _today() -> date:
    return datetime.now(ZoneInfo(TIMEZONE)).date()
