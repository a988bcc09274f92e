"""The stages called one by one, on bytes a test made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from cchc import land, scratch
from cchc.contracts import DeliveryKey, Revision
from cchc.normalise import normalise
from cchc.read import Opened, ReadBatch, read_batch
from cchc.registry.open import Registry

DAY = date(2026, 11, 5)
#: A system of the packaged registry for every dataset and dialect, with one of its units.
SYSTEMS = {
    ("dossiers", "dvcqg2022"): ("mcdt-quangtri", "H50.101", "dossiers.json"),
    ("dossiers", "dvcqg2026"): ("igate-quangtri", "H50.102", "dossiers.jsonl"),
    ("dossiers", "onecsv"): ("onestop-a", "H50.103", "dossiers.csv"),
    ("dossiers", "workbook"): ("onestop-b", "H50.104", "dossiers.xlsx"),
    ("payments", "csv"): ("pay-dvcqg", "H50.101", "payments.csv"),
    ("vneid", "csv"): ("police-vneid", "H50", "vneid.csv"),
    ("feedback", "jsonl"): ("pakn-dvcqg", "H50", "feedback.jsonl"),
    ("apologies", "csv"): ("onestop-a", "H50.103", "apologies.csv"),
    ("apologies", "jsonl"): ("igate-quangtri", "H50.102", "apologies.jsonl"),
    ("declared", "csv"): ("declared-province", "H50", "declared.csv"),
    ("declared", "workbook"): ("declared-units", "H50.101", "declared.xlsx"),
    ("objections", "csv"): ("objections-quangtri", "H50", "objections.csv"),
    ("portal", "portal"): ("portal-dvcqg", "H50", "portal.json"),
}


@dataclass
class File:
    """Bytes of one delivery. ``spec`` replaces fields of how the system delivers the dataset."""

    content: bytes
    dataset: str = "dossiers"
    dialect: str = "dvcqg2022"
    name: str = ""
    day: date = DAY
    unit: str = ""
    number: int = 1
    spec: dict[str, Any] = field(default_factory=dict)

    def open(self, file_no: int, landing: Path, registry: Registry) -> Opened:
        system, unit, name = SYSTEMS[self.dataset, self.dialect]
        unit = self.unit or unit
        spec = registry.systems[system].spec(self.dataset)
        assert spec is not None and spec.dialect == self.dialect
        landed = land.store(landing, [self.content])
        key = DeliveryKey(system, unit, self.day, self.dataset)
        path = f"{system}/{unit}/{self.day}/{self.name or name}"
        return Opened(
            file_no,
            Revision(key, path, self.number, landed.sha256, landed.size_bytes),
            spec.model_copy(update=self.spec),
            land.blob_path(landing, landed.sha256),
        )


def read_files(landing: Path, registry: Registry, *files: File) -> ReadBatch:
    """The read stage over files of one dataset and dialect."""
    opened = [file.open(n, landing, registry) for n, file in enumerate(files)]
    with scratch.connect(files[0].dialect) as con:
        return read_batch(opened, registry, con)


def read_rows(landing: Path, registry: Registry, file: File) -> list[dict[str, Any]]:
    """The text rows of one file that must be readable."""
    batch = read_files(landing, registry, file)
    assert not batch.refused, batch.refused
    return sorted(batch.table.to_pylist(), key=lambda row: row["row_number"])


def refusal(landing: Path, registry: Registry, file: File) -> str:
    """The reason why a file is refused."""
    batch = read_files(landing, registry, file)
    assert batch.refused, f"accepted with {batch.rows} rows"
    assert not batch.rows and not batch.table.num_rows
    return batch.refused[0].reason


def normalise_rows(landing: Path, registry: Registry, *files: File) -> list[dict[str, Any]]:
    """The typed rows, lineage and check columns of readable files."""
    opened = [file.open(n, landing, registry) for n, file in enumerate(files)]
    with scratch.connect(files[0].dialect) as con:
        batch = read_batch(opened, registry, con)
        assert not batch.refused, batch.refused
        normalise(con, batch.table, opened, registry)
        return con.sql("select * from rows order by rid").to_arrow_table().to_pylist()
