"""Airflow's environment for this checkout: ``airflow.env`` plus the folders, in one place.

``airflow_env.py prepare`` makes the metadata database; ``airflow_env.py serve`` runs Airflow with its web page, on this
machine only, until it is interrupted (``make airflow``).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

from cchc.settings import Settings

PROJECT = Path(__file__).resolve().parents[1]
PORT = os.environ.get("AIRFLOW_PORT", "8080")


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
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": PORT,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{PORT}/execution/",  # where tasks report to
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_HOST": "127.0.0.1",
        "CCHC_WORKDIR": str(workdir.resolve()),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }


def apply(workdir: Path) -> Path:
    """Put it into this process (before Airflow is imported); returns AIRFLOW_HOME."""
    os.umask(0o077)  # passwords, metadata, logs: for this user alone
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


def serve() -> int:
    """Run Airflow's four parts in one process session, until one ends or this process is interrupted or ended.

    Not ``airflow standalone``: its log servers listen on every address, and when killed it leaves its children behind.
    """
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # first of all, so that no child outlives an interrupted start
        signal.signal(number, lambda *_: asked.set())
    page = _start("api-server")
    _wait_for(page, asked, 120)  # a task that finds nobody to report to fails at once
    others = [["dag-processor"], ["scheduler", "--skip-serve-logs"], ["triggerer", "--skip-serve-logs"]]
    running = [page, *(_start(*part) for part in others if not asked.is_set())]
    home = os.environ["AIRFLOW_HOME"]
    print(f"Airflow: http://127.0.0.1:{PORT}, user admin", flush=True)
    print(f"The password is in {home}/simple_auth_manager_passwords.json.generated", flush=True)
    while not asked.wait(1) and all(process.poll() is None for process in running):
        pass
    for process in running:
        process.send_signal(signal.SIGINT)
    for process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with contextlib.suppress(ProcessLookupError):  # whatever is left of its session
            os.killpg(process.pid, signal.SIGKILL)
    return 0 if asked.is_set() else 1


def _start(*part: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "airflow", *part], start_new_session=True)


def _wait_for(page: subprocess.Popen[bytes], asked: threading.Event, seconds: float) -> None:
    """Until the page answers, its process ends, somebody asked to stop, or the time is over."""
    until = time.monotonic() + seconds
    while page.poll() is None and time.monotonic() < until and not asked.wait(0.5):
        with contextlib.suppress(OSError):  # of which URLError is one
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/v2/monitor/health", timeout=5).close()
            return


def main(arguments: list[str]) -> int:
    """``prepare`` or ``serve``."""
    apply(Settings.from_env().workdir)
    prepare()
    return serve() if arguments == ["serve"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
