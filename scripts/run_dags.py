"""``make run``: demonstration exports, then the real DAGs in real Airflow, in this process, with SQLite for metadata.

Airflow's own output goes to ``var/airflow/logs/make-run.log``; the console shows one line a stage. Exit code 0 only
when every DAG run succeeded. Safe to repeat: what is there already is neither made, fetched nor built again.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TextIO

import airflow_env
from cchc.settings import Settings

PROJECT = airflow_env.PROJECT
DBT_LINE = re.compile(r"(\d+) of (\d+) models and tests")
#: Business days further apart than this belong to different ranges: the demo holds 2023 and 2026.
GAP = timedelta(days=62)


class Console:
    """One line a stage with the seconds since the start; the file descriptors of Airflow's chatter lead to a file."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.started = time.perf_counter()
        self.out: TextIO = os.fdopen(os.dup(1), "w", encoding="utf-8")
        sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
        os.dup2(sink, 1)
        os.dup2(sink, 2)

    def say(self, stage: str, text: str) -> None:
        """Print one progress line."""
        print(f"{time.perf_counter() - self.started:6.1f} s  {stage:<18} {text}", file=self.out, flush=True)


class Follower:
    """Hears of every task that ends (an Airflow listener) and says where a run is, every few seconds at most."""

    def __init__(self, console: Console) -> None:
        self.console, self.ended, self.last = console, 0, 0.0
        self.quiet = threading.Event()

    def begin(self, dag: str, tasks: int) -> None:
        """A DAG run starts: ``tasks`` tasks, mapped ones counted once."""
        self.dag, self.tasks, self.ended, self.last = dag, tasks, 0, time.perf_counter()

    def heard(self, task: str) -> None:
        """A task ended."""
        self.ended += 1
        if time.perf_counter() - self.last > 5:
            self.last = time.perf_counter()
            self.console.say(self.dag, f"{self.ended} tasks done, last {task}")

    def watch(self) -> None:
        """While dbt builds, no task ends: read how far it is from the log."""
        seen = ""
        while not self.quiet.wait(5):
            with self.console.log.open("rb") as log:
                log.seek(max(0, self.console.log.stat().st_size - 20_000))
                found = DBT_LINE.findall(log.read().decode("utf-8", "replace"))
            if found and (text := "dbt: {} of {} models and tests".format(*found[-1])) != seen:
                self.console.say(self.dag, text)
                seen = text


def listen(follower: Follower) -> None:
    """Register the follower with Airflow's task listeners."""
    from airflow.listeners import hookimpl
    from airflow.sdk.listener import get_listener_manager

    class Listener:
        @hookimpl
        def on_task_instance_success(self, previous_state: Any, task_instance: Any) -> None:
            follower.heard(task_instance.task_id)

        @hookimpl
        def on_task_instance_failed(self, previous_state: Any, task_instance: Any, error: Any) -> None:
            follower.console.say(follower.dag, f"FAILED {task_instance.task_id}")

    get_listener_manager().add_listener(Listener())


def make_demo(console: Console, exports: Path) -> threading.Thread | None:
    """Write the demonstration exports in another process, unless they are there."""
    if (exports / "manifest.json").is_file():
        console.say("demo", f"exports are there: {exports}")
        return None
    code = (
        "import sys; from pathlib import Path; from cchc.demo import write_demo; "
        "from cchc.registry.open import open_registry; root = Path(sys.argv[1]); "
        "write_demo(root, open_registry(), progress=lambda path, n: n % 3000 or print(n, flush=True))"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(exports)], stdout=subprocess.PIPE, text=True)

    def follow() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            console.say("demo", f"{int(line):,} files written")
        if process.wait():
            console.say("demo", "FAILED")

    thread = threading.Thread(target=follow)
    thread.start()
    return thread


def ranges(exports: Path) -> list[tuple[date, date]]:
    """Ranges of business days that lie below the export root."""
    days = sorted({date.fromisoformat(path.name) for path in exports.glob("*/*/????-??-??")})
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] <= GAP:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def run(console: Console, follower: Follower, bag: Any, name: str, conf: dict[str, Any]) -> Any:
    """Run one DAG; returns its run, or ends the process with the names of the failed tasks."""
    dag = bag.dags[name]
    for task in dag.tasks:
        task.retries = 0  # somebody is watching: no waiting for a second try
    console.say(name, ", ".join(f"{key} {value}" for key, value in conf.items()) or "started")
    follower.begin(name, len(dag.tasks))
    result = dag.test(run_conf=conf)
    states = [(ti.task_id, str(ti.state)) for ti in result.get_task_instances()]
    if str(result.state) != "success":
        failed = sorted({task for task, state in states if state == "failed"})
        console.say(name, f"FAILED: {', '.join(failed)}. See {console.log}")
        os._exit(1)
    skipped = sum(state == "skipped" for _, state in states)
    console.say(name, f"done, {len(states) - skipped} tasks" + (f", {skipped} skipped: nothing new" if skipped else ""))
    return result


def main() -> None:
    """Everything, with progress; the closing table is ``closing.py``'s."""
    settings = Settings.from_env()
    workdir, exports = settings.workdir, Path(settings.exports).resolve()
    os.environ["CCHC_EXPORTS"] = str(exports)  # of every task
    home = airflow_env.apply(settings)
    console = Console(home / "logs" / "make-run.log")
    follower = Follower(console)
    demo = make_demo(console, exports)
    console.say("airflow", "starting, metadata in " + str(home.relative_to(workdir.parent)))
    airflow_env.prepare()
    if demo:
        demo.join()
    bag = airflow_env.dags()
    listen(follower)
    for day_from, day_to in ranges(exports):
        run(console, follower, bag, "ingest_exports", {"day_from": str(day_from), "day_to": str(day_to)})
    watcher = threading.Thread(target=follower.watch)
    watcher.start()
    run(console, follower, bag, "build_warehouse", {})
    follower.quiet.set()
    run(console, follower, bag, "publish_rankings", {"period": "all"})
    from closing import closing, publish_edition, publish_months

    edition = publish_edition()
    console.say("edition", f"approved: {edition.folder}" if edition else "no month is closed yet")
    console.say("site", f"{publish_months().pages:,} pages for the public")
    console.say("done", "")
    print(closing(edition=edition), file=console.out, flush=True)


if __name__ == "__main__":
    main()
