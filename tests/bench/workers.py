"""Measure a night of the whole country judged by one, two and four Celery workers of one slot each.

    PYTHONPATH=tests python -m bench.workers --folder DIR [--workers 1 2 4] [--provinces 34] [--json docs/benchmarks/workers.json]

Each night starts with empty databases (PostgreSQL, fsync on) and an Airflow of its own: all 3,321 communes and 600
departments deliver a file of dossiers and one of payments, *ingest_exports* takes them in, and every file has to be accepted.
A worker judges one batch at a time. Seconds are Airflow's: from the first start to the last end of a task's parts. What the
ledger says of reading, normalising and validating is work; the rest of a judging task is its start. Results of other numbers
of workers in the JSON file are kept. Beside the workers run Redis, PostgreSQL and all of Airflow.
"""  # noqa: E501

from __future__ import annotations

import argparse
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.country import Country
from bench.installation import machine, server
from bench.night import NIGHT, write_night
from cchc.ledger import open_ledger
from cchc.registry.importer import import_reference
from support.serving import Airflow, redis
from support.workers import office

DAG = "ingest_exports"
STAGES = ("read", "normalise", "validate")


@dataclass
class Night:
    """One night: seconds of the run, and from the first begin to the last end of its tasks of one name.

    ``work``: seconds of the stages of judging, of all workers together; ``parts``: how many tasks judged.
    """

    workers: int
    files: int
    rows: int
    whole: float
    collect: float
    judge: float
    load: float
    work: float
    parts: int


def measure(folder: Path, exports: Path, registry: Path, workers: int, written: dict[str, int]) -> Night:
    """One night; ends the bench where it failed or a file or row of it is missing."""
    root = folder / f"workers-{workers}"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    with server() as database, redis() as broker:
        cut = {"CCHC_JUDGE_TASKS": str(workers), "CCHC_JUDGE_WORKERS": "1", "CCHC_THREADS": "1"}
        here = office(root, database.url, broker, exports, CCHC_REGISTRY=str(registry), **cut)
        with here.open(workers) as airflow:
            airflow.trigger(DAG, {"day_from": NIGHT.isoformat(), "day_to": NIGHT.isoformat()})
            (run,) = airflow.ended(DAG, seconds=1800)
            if run["state"] != "success":
                raise SystemExit(f"the night ended as {run['state']}\n{airflow.log()[-4000:]}")
            spans = _spans(airflow, str(run["dag_run_id"]))
            parts = sum(task["task_id"] == "judge" for task in airflow.tasks(DAG, run["dag_run_id"]))
        ledger = open_ledger(here.variables["CCHC_LEDGER"])
        found = ledger.find(outcome="accepted")
        taken = {"files": len(found), "rows": sum(row["rows_accepted"] for row in found)}
        if taken != written:
            raise SystemExit(f"{taken} came of {written}")
        spent = ledger.stage_milliseconds(NIGHT, NIGHT)
    shutil.rmtree(root)
    seconds = [round(spans[name], 1) for name in ("collect_units", "judge", "load_all")]
    work = round(sum(spent[stage] for stage in STAGES) / 1000, 1)
    return Night(workers, *written.values(), round(_seconds([run]), 1), *seconds, work, parts)


def _spans(airflow: Airflow, run_id: str) -> dict[str, float]:
    tasks = airflow.tasks(DAG, run_id)
    return {
        name: _seconds([each for each in tasks if each["task_id"] == name]) for name in {t["task_id"] for t in tasks}
    }


def _seconds(items: list[dict[str, Any]]) -> float:
    ended = [item for item in items if item["start_date"] and item["end_date"]]
    if not ended:
        return 0.0
    first, last = (
        each(datetime.fromisoformat(item[at]) for item in ended)
        for each, at in ((min, "start_date"), (max, "end_date"))
    )
    return (last - first).total_seconds()


def main() -> None:
    """Measure each number of workers, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--provinces", type=int, default=34)
    parser.add_argument("--beside", default="nothing else", help="What else the machine did.")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    base: Path = chosen.folder.resolve()
    exports, registry, noted = base / "exports", base / "registry", base / "written.json"
    if not noted.is_file():
        written = write_night(exports, base / "reference", Country(share=chosen.provinces), payments=True)
        import_reference(base / "reference", registry)
        noted.write_text(json.dumps(written), "utf-8")
    written = json.loads(noted.read_text("utf-8"))
    nights = {}
    if chosen.json and chosen.json.is_file():
        nights = {each["workers"]: each for each in json.loads(chosen.json.read_text("utf-8"))["nights"]}
    for workers in chosen.workers:
        nights[workers] = asdict(measure(base, exports, registry, workers, written))
        print(nights[workers], flush=True)
        if chosen.json:
            how = f"Celery workers with one slot each beside Airflow, Redis and PostgreSQL on {os.cpu_count()} cores; "
            found = {"machine": machine(), "date": f"{datetime.now(UTC):%Y-%m-%d}", "how": f"{how}{chosen.beside}."}
            chosen.json.write_text(json.dumps(found | {"nights": [nights[n] for n in sorted(nights)]}, indent=1) + "\n")


if __name__ == "__main__":
    main()
