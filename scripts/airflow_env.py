"""Airflow's environment for this checkout: ``airflow.env``, the keys of this installation, the folders and databases.

``airflow_env.py prepare`` makes the metadata database, roles and the first user; ``airflow_env.py serve`` runs Airflow
with its web page, on this machine only, until it is interrupted (``make airflow``); ``airflow_env.py cli ...`` is
Airflow's own command line in the same environment (``make airflow-cli ARGS=...``).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from cchc.errors import PermanentError
from cchc.ledger import open_ledger
from cchc.settings import Settings

PROJECT = Path(__file__).resolve().parents[1]
PORT = os.environ.get("AIRFLOW_PORT", "8080")


def environment(settings: Settings) -> dict[str, str]:
    """What ``airflow.env`` says, unless this process's environment says otherwise, and what depends on the settings.

    The keys are not among it: ``apply`` adds them. Raises ``PermanentError`` for databases that do not go together.
    """
    home = settings.workdir / "airflow"
    lines = (PROJECT / "scripts" / "airflow.env").read_text("utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    values = {name: os.environ.get(name, value) for name, value in values.items()}
    return values | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__API__HOST": os.environ.get("AIRFLOW__API__HOST", "127.0.0.1"),
        "AIRFLOW__API__PORT": PORT,
        "AIRFLOW__API__BASE_URL": os.environ.get("AIRFLOW__API__BASE_URL", f"http://127.0.0.1:{PORT}"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": os.environ.get(  # where tasks report to
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL", f"http://127.0.0.1:{PORT}/execution/"
        ),
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_HOST": "127.0.0.1",
        "PYTHONPATH": f"{PROJECT / 'scripts' / 'airflow_local'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        "CCHC_WORKDIR": str(settings.workdir),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        **databases(settings.airflow_db, settings.airflow_broker, home),
    }


def databases(metadata: str, broker: str, home: Path) -> dict[str, str]:
    """Where Airflow keeps its state, and who runs tasks: processes of the scheduler, or with a broker Celery workers.

    ``metadata``: ``postgresql://...``, or empty for an SQLite file below ``home``, which no worker may share.
    """
    if not metadata:
        if broker:
            raise PermanentError("CCHC_AIRFLOW_BROKER needs a server for the metadata: set CCHC_AIRFLOW_DB as well")
        return {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}"}
    scheme, _, rest = metadata.partition("://")
    if scheme not in ("postgresql", "postgres") or not rest:
        raise PermanentError("CCHC_AIRFLOW_DB is no postgresql:// URL; see docs/settings.md")
    found = {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{rest}",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": f"postgresql+psycopg_async://{rest}",
    }
    if broker:
        found |= {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CELERY__BROKER_URL": broker,
            "AIRFLOW__CELERY__RESULT_BACKEND": f"db+postgresql+psycopg2://{rest}",
            # a task is off the queue when it has ended, and a worker holds no more than it works on: what dies with it
            # is at most that, and the scheduler misses its heartbeat within minutes
            "AIRFLOW__CELERY__TASK_ACKS_LATE": "True",
            "AIRFLOW__CELERY__WORKER_PREFETCH_MULTIPLIER": "1",
            # Redis gives a task to a second worker after so many seconds, ended or not: twice the longest one of ours
            "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "21600",
        }
    return found


def apply(settings: Settings) -> Path:
    """Put it into this process (before Airflow is imported); returns AIRFLOW_HOME.

    Files that Airflow writes from here on are nobody else's to read.
    """
    from airflow_access import keys

    values = environment(settings)
    os.umask(0o077)
    home = Path(values["AIRFLOW_HOME"])
    (home / "logs").mkdir(parents=True, exist_ok=True)
    os.environ.update(values)
    for name, value in keys(home).items():
        os.environ.setdefault(name, value)  # several machines share theirs by the environment
    return home


def prepare() -> None:
    """Create or migrate Airflow's metadata database, and the pool that lets one process write the warehouse."""
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb
    from airflow.utils.session import create_session

    with create_session() as session:
        initdb(session=session)
    Pool.create_or_update_pool("warehouse", 1, "one process at a time may write the warehouse", include_deferred=False)


def prepare_server() -> None:
    """The same with roles and the first user: what the web page and the command line need. Also the ledger's tables:
    on a first start several tasks would make them at the same moment."""
    from airflow_access import grant

    prepare()
    open_ledger(Settings.from_env().ledger)
    grant(Path(os.environ["AIRFLOW_HOME"]))


def dags() -> Any:
    """The DAGs as Airflow finds them in the dags folder; an import error ends it."""
    from airflow.dag_processing.dagbag import BundleDagBag

    folder = PROJECT / "dags"
    bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
    if bag.import_errors:
        raise SystemExit("\n".join(f"{path}: {error}" for path, error in bag.import_errors.items()))
    return bag


def main(arguments: list[str]) -> int:
    """``prepare``, ``serve``, or ``cli`` and what Airflow's command line takes."""
    try:
        settings = Settings.from_env()
        home = apply(settings)
    except PermanentError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments[:1] == ["cli"]:
        if not settings.airflow_db and not (home / "airflow.db").is_file():
            prepare_server()
        os.execv(sys.executable, [sys.executable, "-m", "airflow", *arguments[1:]])
    if arguments == ["serve"]:
        from airflow_services import serve

        return serve(home, PORT, prepare_server)
    prepare_server()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
