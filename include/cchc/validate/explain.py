"""What was wrong, in words a clerk can act on: unit, file, row, column as the sender calls it, found, expected, to do.

Nothing personal is said: of a text that could not be read only its shape, and values only as quarantine shows them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cchc.datasets import DATASETS
from cchc.datasets.dialects import DIALECTS, FORMS
from cchc.datasets.shape import AGENCY, COMMUNE, DAY, FLAG, MOMENT, PROCEDURE, TEXT, Column
from cchc.reasons import Reason, reasons
from cchc.registry.model import DatasetSpec
from cchc.registry.open import Registry
from cchc.validate.suites import Rule, load_rules

MOST_LABELS = 12  # of a list of values that would do
_WORDS = {
    "vi": {
        "file": "tệp",
        "row": "dòng dữ liệu",
        "column": "cột",
        "empty": "trống",
        "found": "Thấy",
        "wanted": "Cần",
        "do": "Việc cần làm",
        "number": "số nguyên",
        "agency": "mã định danh cơ quan đang có hiệu lực, như H50.132",
        "commune": "mã đơn vị hành chính cấp xã, 5 chữ số",
        "procedure": "mã thủ tục dạng n.nnnnnn có trong danh mục",
        "in order": "các ngày theo đúng thứ tự",
        "a value": "không để trống",
    },
    "en": {
        "file": "file",
        "row": "data row",
        "column": "column",
        "empty": "empty",
        "found": "Found",
        "wanted": "Expected",
        "do": "What to do",
        "number": "a whole number",
        "agency": "an agency code in force, such as H50.132",
        "commune": "a commune's administrative code, 5 digits",
        "procedure": "a procedure code n.nnnnnn of the catalogue",
        "in order": "dates in this order",
        "a value": "not empty",
    },
}


def explain_refusal(file: Mapping[str, Any], language: str = "vi") -> str:
    """One sentence for a refused revision. ``file``: a row of the ledger (unit, path, reason, detail)."""
    words, reason = _WORDS[language], reasons()[file["reason"]]
    parts = [f"{file['unit']}, {words['file']} {file['path']}: {_named(reason, language)}."]
    if file["detail"]:
        parts.append(f"{words['found']}: {file['detail']}.")
    return " ".join([*parts, f"{words['do']}: {reason.do[language]}"])


@dataclass(frozen=True)
class Fault:
    """One rule that a held row breaks, in words: the columns as the sender calls them, what was found and expected."""

    code: str
    rule_id: str
    columns: str
    found: str
    wanted: str


def faults_of(row: Mapping[str, Any], registry: Registry, expectations: Path, language: str = "vi") -> list[Fault]:
    """What is wrong with a row of ``raw.quarantine`` (dataset, system, rules, payload), in the order of judging."""
    words, payload = _WORDS[language], json.loads(row["payload"])
    system = registry.systems.get(row["system"])
    spec = system.spec(row["dataset"]) if system else None
    rules = {rule.rule: rule for rule in reversed(load_rules(expectations, row["dataset"])) if rule.severity == "fail"}
    faults = []
    for code in row["rules"].split(","):
        rule = rules[code]
        columns = [DATASETS[row["dataset"]][name] for name in _about(rule, payload)]
        names = ", ".join(_name(column, spec, registry) for column in columns)
        found = _found(rule, columns, payload, words)
        faults.append(Fault(code, rule.id, names, found, _wanted(rule, columns, spec, registry, words)))
    return faults


def explain_row(
    row: Mapping[str, Any], file: Mapping[str, Any], registry: Registry, expectations: Path, language: str = "vi"
) -> list[str]:
    """One sentence a broken rule of a quarantined row, in the order in which it was judged.

    ``row``: a row of ``raw.quarantine`` (dataset, system, row_number, rules, payload); ``file``: its row of the ledger.
    """
    words = _WORDS[language]
    place = f"{file['unit']}, {words['file']} {file['path']}, {words['row']} {row['row_number']}"
    said = []
    for fault in faults_of(row, registry, expectations, language):
        reason = reasons()[fault.code]
        text = place + (f", {words['column']} {fault.columns}" if fault.columns else "")
        text += f": {_named(reason, language, fault.rule_id)}. {words['found']}: {fault.found}. "
        said.append(text + f"{words['wanted']}: {fault.wanted}. {words['do']}: {reason.do[language]}")
    return said


def _named(reason: Reason, language: str, *ids: str) -> str:
    return f"{reason.name[language]} ({', '.join((reason.code, *ids))})"


def _about(rule: Rule, payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The canonical columns that a row broke a rule in."""
    if rule.about_from:
        return tuple(str(payload.get(rule.about_from, "")).split(",")) if payload.get(rule.about_from) else ()
    return rule.about


def _name(column: Column, spec: DatasetSpec | None, registry: Registry) -> str:
    names = registry.names_of(spec, column.name) if spec else ()
    return " / ".join(names) or column.name


def _found(rule: Rule, columns: list[Column], payload: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Values as quarantine shows them; of what could not be read the shape (letters a, digits d)."""
    if rule.shape in payload:
        return f"«{payload[rule.shape]}»"
    shown = [str(payload[column.name]) for column in columns if column.name in payload]
    return " · ".join(f"«{text}»" for text in shown) or words["empty"]


def _wanted(
    rule: Rule, columns: list[Column], spec: DatasetSpec | None, registry: Registry, words: Mapping[str, str]
) -> str:
    if len(rule.about) == 2 and all(column.type == MOMENT for column in columns):
        # a pair of the suite reads "A not before B"
        return f"{words['in order']}: " + " ≤ ".join(_name(column, spec, registry) for column in reversed(columns))
    wanted = [text for column in columns if (text := _form(column, spec, registry, words))]
    return " · ".join(dict.fromkeys(wanted)) or words["a value"]


def _form(column: Column, spec: DatasetSpec | None, registry: Registry, words: Mapping[str, str]) -> str:
    """What a value of a column looks like in the dialect of its sender."""
    dialect = DIALECTS[spec.dialect] if spec else None
    if column.is_coded:
        known = _values(column, registry, dialect.name if dialect else "", dialect is not None and dialect.labelled)
        return " | ".join(known[:MOST_LABELS])
    if column.type == MOMENT and dialect:
        return " | ".join(FORMS[form] for form in dialect.timestamps)
    if column.type == DAY:
        return "yyyy-MM-dd"
    if column.type != TEXT or column.name == "fees":
        return words["number"]
    return {AGENCY: words["agency"], COMMUNE: words["commune"], PROCEDURE: words["procedure"]}.get(
        str(column.shown), words["a value"]
    )


def _values(column: Column, registry: Registry, dialect: str, labelled: bool) -> list[str]:
    maps = registry.labels if labelled else registry.codes.get(dialect, {})
    found = maps.get(column.name) or (maps.get("boolean", {}) if column.type == FLAG else {})
    return list(found) or (["true", "false", "1", "0"] if column.type == FLAG else [])
