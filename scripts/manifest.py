"""Prepare dbt's manifest, which the DAG files read: Airflow never starts dbt just to learn which models there are."""

from __future__ import annotations

from pathlib import Path

from cchc.model import run_dbt
from cchc.settings import Settings


def make_manifest() -> Path:
    """Write ``Settings.manifest`` when the dbt project is newer than the one that is there."""
    settings = Settings.from_env()
    manifest = settings.manifest
    sources = [path for path in settings.dbt_project.rglob("*") if path.suffix in (".sql", ".yml", ".md")]
    if not manifest.is_file() or manifest.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        run_dbt(settings, ["parse"])
    return manifest


if __name__ == "__main__":
    print(make_manifest())
