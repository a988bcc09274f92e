"""Airflow's environment for this checkout: ``airflow.env`` plus the folders, in one place.

``airflow_env.py prepare`` makes the metadata database. ``airflow_env.py COMMAND...`` runs a command in the environment,
in a process session of its own that gets an interrupt when this one is interrupted or ended (``make airflow``: a plain
kill would orphan the children of ``airflow standalone``).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]


def environment(workdir: Path) -> dict[str, str]:
    """``airflow.env`` and what depends on where things lie; the metadata is an SQLite file below the working folder."""
    home = workdir.resolve() / "airflow"
    values = dict(
        line.split("=", 1)
        for line in (PROJECT / "scripts" / "airflow.env").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    )
    return values | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__COSMOS__CACHE_DIR": str(home / "cosmos"),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_HOST": "127.0.0.1",
        "CCHC_WORKDIR": str(workdir.resolve()),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }


def apply(workdir: Path) -> Path:
    """Put it into this process (before Airflow is imported); returns AIRFLOW_HOME."""
    values = environment(workdir)
    os.environ.update(values)
    home = Path(values["AIRFLOW_HOME"])
    (home / "logs").mkdir(parents=True, exist_ok=True)
    return home


def prepare() -> None:
    """Create or migrate Airflow's metadata database, and the pool that lets one process write the warehouse."""
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb
    from airflow.utils.session import create_session

    with create_session() as session:
        initdb(session=session)
    Pool.create_or_update_pool("warehouse", 1, "one process at a time may write the warehouse", include_deferred=False)


def dags() -> Any:
    """The DAGs as Airflow finds them in the dags folder; an import error ends it."""
    from airflow.dag_processing.dagbag import BundleDagBag

    folder = PROJECT / "dags"
    bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
    if bag.import_errors:
        raise SystemExit("\n".join(f"{path}: {error}" for path, error in bag.import_errors.items()))
    return bag


def main(command: list[str]) -> int:
    """Run a command, or ``prepare``; interrupts and terminations reach it, and its children, as an interrupt."""
    apply(Path(os.environ.get("CCHC_WORKDIR", "var")))
    if command == ["prepare"]:
        prepare()
        return 0
    child = subprocess.Popen(command, start_new_session=True)

    def stop(*_: object) -> None:
        os.killpg(child.pid, signal.SIGINT)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
