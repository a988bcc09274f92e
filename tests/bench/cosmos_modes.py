"""Measure a day's build under a real Airflow: as the one task of ``build_warehouse``, and by Cosmos with a task a model.

    uv venv .cosmos && uv pip sync --python .cosmos/bin/python requirements.lock
    uv pip install --python .cosmos/bin/python astronomer-cosmos==1.15.1 && uv pip install --python .cosmos/bin/python --no-deps -e .
    PYTHONPATH=tests .cosmos/bin/python -m bench.cosmos_modes --folder DIR [--rows 1000000] [--json docs/benchmarks/cosmos.json]

Each mode starts from a copy of the same installation, whose last day was taken in and not yet built, and an Airflow of its
own (api-server, scheduler, LocalExecutor, SQLite). Seconds are those of the DAG run; processor time and memory are of all of
Airflow's processes from start to end, some 40 s of which are Airflow itself. A mode that is not done after ``--longest`` seconds
is ended, and how many of its tasks were done is said.
"""  # noqa: E501

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.installation import _Peak, cchc, copy_of, machine, of_days, run
from bench.peers.measured import PROJECT
from bench.scale import write_increment, write_scale
from cchc.model.dbt import warehouse_environment
from cchc.settings import Settings
from support.serving import Airflow, serving

HERE = Path(__file__).parent
#: Name -> DAG and mode of Cosmos.
MODES = {
    "one task": ("build_warehouse", ""),
    "Cosmos, watcher": ("build_by_cosmos", "watcher"),
    "Cosmos, local": ("build_by_cosmos", "local"),
}


@dataclass
class Took:
    """One mode: tasks of the run, seconds of the run, processor seconds and memory of everything."""

    mode: str
    tasks: str
    seconds: float
    cpu: float
    peak_gb: float


def environment(work: Path, mode: str) -> dict[str, str]:
    """Both folders of DAGs, what dbt's profile reads, and how Cosmos is to run it."""
    bundle = "airflow.dag_processing.bundles.local.LocalDagBundle"
    folders = {"dags-folder": PROJECT / "dags"} | ({"bench": HERE / "cosmos_dags"} if mode else {})
    told = [{"name": n, "classpath": bundle, "kwargs": {"path": str(path)}} for n, path in folders.items()]
    return warehouse_environment(Settings(workdir=work, exports="")) | {
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(told),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",  # no other DAG is to run beside it
        "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
        "AIRFLOW__COSMOS__ENABLE_DAG_VERSIONING": "False",
        "AIRFLOW__COSMOS__ENABLE_MEMORY_OPTIMISED_IMPORTS": "True",
        "AIRFLOW__COSMOS__CACHE_DIR": str(work / "airflow" / "cosmos"),
        "COSMOS_MODE": mode or "watcher",
        "PYTHONPATH": str(PROJECT / "dags"),
    }


def processor() -> float:
    """Seconds of all ended children and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(name: str, work: Path, longest: float) -> Took:
    """One build of the day by one mode."""
    dag, mode = MODES[name]
    before = processor()
    with serving(work, **environment(work, mode)) as airflow:
        assert airflow.process is not None
        peak = _Peak(airflow.process.pid)
        peak.start()
        seconds, tasks = follow(airflow, dag, longest)
        peak.ended.set()
        peak.join()
    return Took(name, tasks, seconds, processor() - before, peak.gb)


def follow(airflow: Airflow, dag: str, longest: float) -> tuple[float, str]:
    """Trigger, wait; seconds of the run and how many tasks, with how many were done where it was ended."""
    until = time.monotonic() + 120
    while dag not in {found["dag_id"] for found in airflow.ask("/api/v2/dags")["dags"]}:
        assert time.monotonic() < until, airflow.ask("/api/v2/importErrors")
        time.sleep(1)
    airflow.ask(f"/api/v2/dags/{dag}", {"is_paused": False}, "PATCH")
    run_id, began = _started(airflow, dag), time.monotonic()
    while True:
        told = airflow.ask(f"/api/v2/dags/{dag}/dagRuns/{run_id}")
        if told["state"] in ("success", "failed") or time.monotonic() - began > longest:
            break
        time.sleep(2)
    states = airflow.states(dag, run_id)
    if told["state"] == "failed":
        raise SystemExit(f"{dag} failed: {[task for task, state in states.items() if state == 'failed']}")
    if told["state"] != "success":
        return time.monotonic() - began, f"{sum(s == 'success' for s in states.values())} of {len(states)} done"
    start, end = (datetime.fromisoformat(told[f"{at}_date"]) for at in ("start", "end"))
    return (end - start).total_seconds(), str(len(states))


def _started(airflow: Airflow, dag: str) -> str:
    """The run that its schedule starts when it is no longer paused, else one that is asked for."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        if found := airflow.runs(dag):
            return str(found[0]["dag_run_id"])
        time.sleep(0.5)
    return airflow.trigger(dag, {})


def main() -> None:
    """Measure each mode, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--longest", type=float, default=600)
    parser.add_argument("--only", nargs="*", default=list(MODES))
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    base: Path = chosen.folder.resolve()
    work, exports, reference = base / "work", base / "exports", base / "reference"
    if not (work / "measured.json").is_file():
        write_scale(exports, reference, rows=chosen.rows)
        run(exports, reference, work)
        write_increment(exports, reference)
        cchc("ingest", work, *of_days(exports))
    took = []
    for name in chosen.only:
        took.append(measure(name, copy_of(work, base / "copy"), chosen.longest))
        print(took[-1], flush=True)
    shutil.rmtree(base / "copy", ignore_errors=True)
    if chosen.json:
        how = f"A day of 10,000 changed rows on {chosen.rows:,}, LocalExecutor, {os.cpu_count()} cores."
        found = {"machine": machine(), "date": f"{datetime.now(UTC):%Y-%m-%d}", "how": how}
        found["modes"] = [asdict(each) for each in took]  # type: ignore[assignment]
        chosen.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
