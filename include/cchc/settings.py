"""Where everything of one installation lives: from the environment (``CCHC_*``), overridden by the command line."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Settings:
    """Paths and limits of one installation; every stage gets what it needs from here.

    ``warehouse`` is empty for the embedded DuckDB file, or a ``postgresql://`` URL. ``fail_share`` is the share of
    files of one run (0..1) above which the run itself fails; single bad files never fail it.
    """

    workdir: Path
    exports: str
    registry: Path | None = None  # None: the packaged registry
    warehouse: str = ""
    ledger_url: str = ""
    schedule: Path | None = None
    fail_share: float = 0.5
    fetch_workers: int = 8
    judge_workers: int = 2  # batches read and judged at once in one process
    batch_bytes: int = 96 * 1024 * 1024  # landed bytes read in one batch: bounds the memory of read..validate
    batch_files: int = 1500
    dbt_project: Path = PROJECT / "dbt_project"
    expectations: Path = PROJECT / "expectations"

    @classmethod
    def from_env(cls, **overrides: Any) -> Settings:
        """Settings of this process: defaults, then ``CCHC_*`` variables, then what the caller names (if not None)."""
        env = os.environ
        home = Path(env.get("CCHC_WORKDIR", "var"))
        settings = cls(
            workdir=home,
            exports=env.get("CCHC_EXPORTS", str(home / "exports")),
            registry=Path(env["CCHC_REGISTRY"]) if env.get("CCHC_REGISTRY") else None,
            warehouse=env.get("CCHC_WAREHOUSE", ""),
            ledger_url=env.get("CCHC_LEDGER", ""),
            fail_share=float(env.get("CCHC_FAIL_SHARE", "0.5")),
            judge_workers=max(1, int(env.get("CCHC_JUDGE_WORKERS", "2"))),
        )
        given = {name: value for name, value in overrides.items() if value is not None}
        settings = replace(settings, **given)
        return replace(settings, workdir=Path(settings.workdir).resolve())

    @property
    def landing(self) -> Path:
        """Bytes as received. The only place where personal data may be found."""
        return self.workdir / "landing"

    @property
    def staged(self) -> Path:
        """Validated rows of a run that are not loaded yet (Parquet, no personal data)."""
        return self.workdir / "staged"

    @property
    def quality(self) -> Path:
        """Great Expectations' Data Docs."""
        return self.workdir / "quality"

    @property
    def reports(self) -> Path:
        """Published pages."""
        return self.workdir / "report"

    @property
    def duckdb_path(self) -> Path:
        """The embedded warehouse."""
        return self.workdir / "warehouse.duckdb"

    @property
    def on_postgres(self) -> bool:
        """Whether the warehouse is a PostgreSQL server."""
        return self.warehouse.startswith("postgres")

    @property
    def ledger(self) -> str:
        """SQLAlchemy URL of the ledger."""
        return self.ledger_url or f"sqlite:///{self.workdir / 'ledger.sqlite'}"

    @property
    def registry_dir(self) -> Path | None:
        """The registry in force: the one named, else one imported into the working folder, else the packaged one."""
        imported = self.workdir / "registry"
        return self.registry or (imported if imported.is_dir() else None)
