"""Only what is older than its setting goes, and a dry run takes nothing."""

from __future__ import annotations

import os
import time
from pathlib import Path

from cchc.settings import Settings
from cchc.tidy import tidy

PLACES = {
    "staged/1/dossiers.parquet": "staged",
    "dbt/logs/dbt.log.1": "logs",
    "airflow/logs/dag_id=x/run/attempt=1.log": "logs",
    "quality/validations/dossiers/a.html": "quality",
    "quality/index.html": "",
    "landing/ab/abcd": "",
    "ledger.sqlite": "",
    "releases/m/manifest.json": "",
}


def test_what_is_old_goes_and_nothing_else(tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path, exports="", keep_staged_days=7, keep_logs_days=30, keep_quality_days=90)
    limits = {"staged": 7, "logs": 30, "quality": 90, "": 0}
    for place, kind in PLACES.items():
        for name, days in (("", limits[kind] + 1), (".new", limits[kind] - 1)):
            path = tmp_path / f"{place}{name}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"12345")
            os.utime(path, (time.time() - days * 86_400,) * 2)
    (tmp_path / "airflow" / "logs" / "latest").symlink_to(tmp_path / "landing")
    before = sorted(tmp_path.rglob("*"))
    found = {old.kind: (old.files, old.size_bytes) for old in tidy(settings, dry_run=True, busy=False)}
    assert found == {"staged": (1, 5), "logs": (2, 10), "quality": (1, 5)}
    assert sorted(tmp_path.rglob("*")) == before
    assert tidy(settings, dry_run=True, busy=True)[0].files == 0
    tidy(settings, dry_run=False, busy=False)
    for place, kind in PLACES.items():
        assert (tmp_path / place).exists() is not bool(kind), place
        assert (tmp_path / f"{place}.new").exists(), place
    assert {old.files for old in tidy(settings, dry_run=False, busy=False)} == {0}
