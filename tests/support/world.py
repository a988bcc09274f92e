"""One small installation: exports delivered day by day, through collect, judge and load, with everything real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cchc.contracts import Judged
from cchc.datasets import DATASETS
from cchc.ledger import Ledger, open_ledger
from cchc.load import open_warehouse
from cchc.pipeline import collect, judge_batch, load_judged, plan_batches
from cchc.registry.open import Registry
from cchc.settings import Settings
from support.dossiers import dossier, envelope, record_2022

DAY = date(2026, 11, 5)


@dataclass
class World:
    """An installation under test. ``deliver`` writes a file, ``ingest`` runs everything up to the warehouse."""

    settings: Settings
    registry: Registry

    @property
    def ledger(self) -> Ledger:
        return open_ledger(self.settings.ledger)

    def deliver(self, path: str, content: bytes, day: date = DAY) -> Path:
        """``path`` is <system>/<unit>/<name>."""
        system, unit, name = path.split("/")
        target = Path(self.settings.exports) / system / unit / day.isoformat() / name
        target.parent.mkdir(parents=True, exist_ok=True)
        # a file system may keep whole ticks only: a new file is a new file
        target.unlink(missing_ok=True)
        target.write_bytes(content)
        return target

    def collect(self, day_from: date = DAY, day_to: date = DAY) -> Any:
        return collect(self.settings, self.registry, self.ledger, day_from, day_to)

    def judge(self) -> list[Judged]:
        ledger = self.ledger
        batches = plan_batches(self.settings, self.registry, ledger.undecided())
        folder = self.settings.staged / "test"
        return [judge_batch(self.settings, self.registry, batch, folder, ledger.waivers()) for batch in batches]

    def load(self, judged: Sequence[Judged]) -> list[Any]:
        with open_warehouse(self.settings) as warehouse:
            return load_judged(warehouse, self.ledger, judged)

    def ingest(self, day_from: date = DAY, day_to: date = DAY) -> list[Any]:
        self.collect(day_from, day_to)
        return self.load(self.judge())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings) as warehouse:
            return warehouse.execute(sql)

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the dataset tables and of quarantine, in one order whatever the engine."""
        with open_warehouse(self.settings) as warehouse:
            return {
                table: sorted(warehouse.execute(f"select * from raw.{table}"), key=repr)
                for table in (*DATASETS, "quarantine")
            }


def world(folder: Path, registry: Registry, **settings: Any) -> World:
    """A fresh installation in a folder."""
    exports = folder / "exports"
    exports.mkdir(parents=True, exist_ok=True)
    return World(Settings(workdir=folder / "var", exports=str(exports), **settings), registry)


G2 = "mcdt-quangtri/H50.101/dossiers.json"


def g2_file(*numbers: int, **changed: Any) -> bytes:
    """A ``dvcqg2022`` file with one sound dossier a number."""
    return envelope(record_2022(dossier(dossier_code=f"H50.101-261105-{n:04d}", **changed)) for n in numbers)
