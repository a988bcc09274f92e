"""Runs real DAG runs in a process of their own (Airflow's configuration is per process) and writes what happened.

``python harness.py WORKDIR``: small exports, then the scenarios in order, each on the state the one before left.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT / "scripts"), str(PROJECT / "tests"), str(PROJECT / "tests" / "watch")]

FIRST, LAST = date(2026, 9, 28), date(2026, 9, 29)
UNKNOWN = "H50.NOWHERE"


def write_exports(root: Path) -> str:
    """Two days of the demonstration's quarter; one unit's folder can't be listed. Returns that unit."""
    from cchc.demo.quarter import Quarter
    from cchc.demo.reference import Reference
    from cchc.demo.sink import Sink
    from cchc.registry.open import open_registry

    reference = Reference.from_registry(open_registry(None), LAST)
    outlets = [o for o in reference.outlets if all(f"{u}.".startswith("H50.") for u in o.units)]
    Quarter(Sink(root), replace(reference, outlets=outlets), 766, FIRST, LAST, 0.2).write()
    unit = sorted(path.name for path in (root / "mcdt-quangtri").iterdir())[-1]
    folder = root / "mcdt-quangtri" / unit / LAST.isoformat()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.symlink_to(folder.name)  # a link to itself: every look at it is an error
    return unit


def identity_numbers(root: Path) -> list[str]:
    """Some of the identity numbers that stand in the exports."""
    found: set[str] = set()
    for path in sorted((root / "mcdt-quangtri").glob("*/*/dossiers.json")):
        found |= set(re.findall(r'"(\d{12})"', path.read_text("utf-8-sig", "replace")))
    return sorted(found)[:200]


def play(dag: Any, conf: dict[str, Any]) -> dict[str, Any]:
    """One run, without waiting for retries; its state and the states of its tasks."""
    for task in dag.tasks:
        task.retries = 0
    result = dag.test(run_conf=conf)
    tasks: dict[str, list[str]] = {}
    for ti in result.get_task_instances():
        tasks.setdefault(ti.task_id, []).append(str(ti.state))
    return {"state": str(result.state), "tasks": tasks}


class Heard(logging.Handler):
    """What the stages say, in Airflow's process."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        logging.getLogger("cchc").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def take(self) -> str:
        """What was said since the last call."""
        said, self.lines = "\n".join(self.lines), []
        return said


def nodes(workdir: Path) -> list[str]:
    """What dbt ran last, from its own record."""
    found = json.loads((workdir / "dbt" / "target" / "run_results.json").read_text("utf-8"))
    return sorted(result["unique_id"] for result in found["results"])


def views(workdir: Path) -> list[str]:
    """The models that are views."""
    manifest = json.loads((workdir / "dbt" / "target" / "manifest.json").read_text("utf-8"))
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return sorted(node["name"] for node in models if node["config"]["materialized"] == "view")


def by_command(workdir: Path, aside: Path) -> list[str]:
    """What ``cchc build`` runs on a copy of the installation as it stands."""
    from typer.testing import CliRunner

    from cchc.cli import app

    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    shutil.copy(workdir / "warehouse.duckdb", aside / "warehouse.duckdb")
    with (
        closing(sqlite3.connect(workdir / "ledger.sqlite")) as ledger,
        closing(sqlite3.connect(aside / "ledger.sqlite")) as to,
    ):
        ledger.backup(to)  # what stands in its write-ahead log comes along
    done = CliRunner().invoke(app, ["build", "--quiet", "--workdir", str(aside)])
    assert done.exit_code == 0, done.output
    return nodes(aside)


def served_events(build_no: int) -> dict[str, Any]:
    """The asset events of one build, by asset: what they say."""
    import sqlalchemy as sa
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session

    with create_session() as session:
        events = sa.select(AssetModel.name, AssetEvent.extra).join(AssetEvent, AssetEvent.asset_id == AssetModel.id)
        found = session.execute(events).all()
    return {name: extra for name, extra in found if name.startswith("pub.") and extra["build_no"] == build_no}


def contacts(folder: Path, port: int) -> None:
    """A registry that knows whom to tell of runs, and a mail server on this machine."""
    folder.mkdir()
    row = "H50,operations,email,vanhanh@cchc.example.vn,2026-01-01,"
    (folder / "contacts.csv").write_text(f"unit,role,channel,address,valid_from,valid_to\n{row}\n", "utf-8")
    os.environ |= {"CCHC_REGISTRY": str(folder), "CCHC_SMTP_HOST": "127.0.0.1", "CCHC_SMTP_PORT": str(port)}
    os.environ |= {"CCHC_SMTP_SECURITY": "none", "CCHC_MAIL_FROM": "kho@cchc.example.vn", "CCHC_DISK_SHARE": "1"}


def main(workdir: Path) -> dict[str, Any]:
    """All scenarios, beside a mail server."""
    from watch_servers import Mails, mail_server

    with mail_server(Mails()) as mails:
        contacts(workdir / "registry", mails.port)
        return scenarios(workdir, mails)


def scenarios(workdir: Path, mails: Any) -> dict[str, Any]:
    """All scenarios; see the keys of the answer."""
    import airflow_env
    from cchc.settings import Settings

    os.environ |= {"CCHC_EXPORTS": str(workdir / "exports"), "CCHC_WORKDIR": str(workdir)}
    airflow_env.apply(Settings.from_env())
    looped = write_exports(workdir / "exports")
    airflow_env.prepare()
    bag = airflow_env.dags()
    seen: dict[str, Any] = {
        "looped": looped,
        "people": identity_numbers(workdir / "exports"),
        "dags": list(bag.dags),
        "mapped": sorted(task.task_id for task in bag.dags["ingest_exports"].tasks if task.is_mapped),
        "touched_at_import": [name for name in ("ledger.sqlite", "warehouse.duckdb") if (workdir / name).exists()],
    }

    from cchc.ledger import open_ledger
    from cchc.load import open_warehouse

    settings = Settings.from_env()
    ledger = open_ledger(settings.ledger)
    # every parameter each time: runs in one process share the DAG object, which keeps those of the run before
    asked = {"day_from": FIRST.isoformat(), "day_to": LAST.isoformat(), "system": None, "unit": None, "replay": False}

    def count(query: str) -> int:
        with open_warehouse(settings) as warehouse:
            return int(warehouse.execute(query)[0][0])

    def ingest(**conf: Any) -> dict[str, Any]:
        run = play(bag.dags["ingest_exports"], {**asked, **conf})
        return run | {"outcomes": sorted({row["outcome"] for row in ledger.find()}), "files": len(ledger.find())}

    def watched() -> dict[str, Any]:
        run = play(bag.dags["watch"], {})
        return run | {"mails": [[str(mail["Subject"]), mail.get_content()] for _, mail in mails.take()]}

    seen["nothing_known"] = play(bag.dags["ingest_exports"], {**asked, "unit": UNKNOWN})
    heard = Heard()  # and no level is set here: what is heard is what Airflow lets a task say
    seen["ingest"] = ingest()
    seen["ingest_said"] = heard.take()
    seen["units_with_files"] = len({(row["system"], row["unit"]) for row in ledger.find()})
    seen["looped_files"] = len(ledger.find(system="mcdt-quangtri", unit=looped, export_date=LAST))
    aside = workdir / "aside"
    seen["full_by_command"] = by_command(workdir, aside)
    heard.take()
    seen["build"] = play(bag.dags["build_warehouse"], {})
    seen["build_said"], seen["full_by_dag"] = heard.take(), nodes(workdir)
    seen["events"] = served_events(1)
    seen["publish"] = play(bag.dags["publish_rankings"], {"period": f"{LAST:%Y-%m}"})
    seen["publish_said"] = heard.take()
    seen["rows"] = count("select count(*) from raw.dossiers")
    seen["ranked"] = count("select count(*) from publish.pub_ranking where rank is not null")
    seen["rankings"] = count("select count(*) from publish.pub_ranking")
    seen["served"] = [path.name for path in (workdir / "serve").iterdir()]
    seen["views"] = views(workdir)
    seen["pending_after_build"] = count("select count(*) from raw.building")
    seen["again"] = ingest()
    seen["build_again"] = play(bag.dags["build_warehouse"], {})

    first = ledger.find(system="mcdt-quangtri", outcome="accepted")[0]
    seen["replay"] = ingest(system=first["system"], unit=first["unit"], replay=True)
    seen["daily_by_command"] = by_command(workdir, aside)
    seen["build_replayed"] = play(bag.dags["build_warehouse"], {})
    seen["daily_by_dag"] = nodes(workdir)
    seen["rows_after_replay"] = count("select count(*) from raw.dossiers")

    lost = ledger.find(dataset="payments", outcome="accepted")[0]
    bytes_of_it = settings.landing / lost["sha256"][:2] / lost["sha256"]
    kept = bytes_of_it.read_bytes()
    bytes_of_it.unlink()
    seen["lost_dataset_rows"] = count("select count(*) from raw.payments")
    heard.take()
    seen["lost_batch"] = ingest(replay=True)
    seen["lost_said"] = heard.take()
    seen["only_lost"] = ingest()  # what is left to judge is that batch alone
    seen["rows_after_lost_batch"] = count("select count(*) from raw.dossiers")

    seen["watch"], seen["watch_again"] = watched(), watched()
    bytes_of_it.write_bytes(kept)
    seen["mended"] = ingest()
    seen["watch_mended"] = watched()

    with open_warehouse(settings) as warehouse:
        warehouse.execute("insert into raw.dossiers select * from raw.dossiers limit 1")
        warehouse.execute("update raw.build_state set full_refresh = true")
    heard.take()
    seen["broken_test"] = play(bag.dags["build_warehouse"], {})
    seen["broken_said"] = heard.take()
    seen["watch_broken"] = watched()
    seen["still_due"] = count("select count(*) from raw.build_state where full_refresh")
    return seen


if __name__ == "__main__":
    answer = main(Path(sys.argv[1]))
    (Path(sys.argv[1]) / "seen.json").write_text(json.dumps(answer, indent=1))
