"""The suites as data: which expectations a dataset has, what each is for, and which columns they look at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Rule:
    """One expectation. ``rule`` is the name the ledger and quarantine use; several expectations may share one."""

    id: str
    rule: str
    severity: str  # fail: quarantine the row; warn: accept it and say so
    reason_vi: str
    reason_en: str
    columns: tuple[str, ...]  # of the table ``rows``: canonical ones and check columns
    about: tuple[str, ...]  # the canonical columns a sender has to look at
    about_from: str  # the check column that names them row by row, where there is one
    shape: str  # the check column with the shape of a text that could not be read, where there is one
    waivable: bool = False  # a named person may accept the row all the same


@lru_cache(maxsize=16)
def read_suite(directory: Path, dataset: str) -> dict[str, Any]:
    """The suite of a dataset as JSON."""
    suite: dict[str, Any] = json.loads((directory / f"{dataset}.json").read_text(encoding="utf-8"))
    return suite


def load_rules(directory: Path, dataset: str) -> list[Rule]:
    """The rules of a dataset, in the order in which a row is judged."""
    rules = []
    for expectation in read_suite(directory, dataset)["expectations"]:
        meta, kwargs = expectation["meta"], expectation["kwargs"]
        columns = tuple(kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs)
        about = tuple(meta.get("about", columns))
        texts = (meta["id"], meta["rule"], meta["severity"], meta["reason_vi"], meta["reason_en"])
        rules.append(
            Rule(*texts, columns, about, meta.get("about_from", ""), meta.get("shape", ""), bool(meta.get("waivable")))
        )
    return rules
