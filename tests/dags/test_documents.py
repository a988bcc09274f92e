"""Files beside the code that must stay in step with it."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.surroundings import clean_environment

PROJECT = Path(__file__).resolve().parents[2]


def test_data_dictionary_is_fresh(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "scripts/data_dictionary.py", "--check"],
        cwd=PROJECT,
        env=clean_environment() | {"CCHC_WORKDIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_hooks_need_no_other_repository() -> None:
    hooks = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]


def test_no_task_runs_so_long_that_redis_gives_it_to_a_second_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(PROJECT / "scripts")
    databases = importlib.import_module("airflow_env").databases
    server, broker = "postgresql://a:b@host/airflow", "redis://host:6379/0"
    set_for_celery = databases(server, broker, Path("home"))
    build = (PROJECT / "dags" / "build_warehouse.py").read_text("utf-8")
    longest = re.search(r"LONGEST = timedelta\(hours=(\d+)\)", build)
    assert longest is not None
    visible = int(set_for_celery["AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT"])
    assert visible >= 2 * 3600 * int(longest[1])
    assert set_for_celery["AIRFLOW__CELERY__TASK_ACKS_LATE"] == "True"
    assert set_for_celery["AIRFLOW__CELERY__WORKER_PREFETCH_MULTIPLIER"] == "1"
    assert not any("CELERY" in name for name in databases(server, "", Path("home")))
