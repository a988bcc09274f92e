"""Airflow's parts as processes of this machine: started in order, ended together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from airflow_access import PASSWORD_FILE


def serve(home: Path, port: str, prepare: Callable[[], None]) -> int:
    """Run the parts, each in a process session of its own, until one ends or this process is interrupted or ended.

    Not ``airflow standalone``: its log servers listen on every address, and when killed it leaves its children behind.
    """
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # first of all, so that no child outlives an interrupted start
        signal.signal(number, lambda *_: asked.set())
    prepare()
    page = _start("api-server")
    running = [page, *(_start(*part) for part in _early() if not asked.is_set())]
    _wait_for(page, asked, port, 120)  # a task that finds nobody to report to fails at once
    running += [_start(*part) for part in _late() if not asked.is_set()]
    print(f"Airflow: http://127.0.0.1:{port}, user admin", flush=True)
    print(f"The password of the first start is in {home / PASSWORD_FILE}", flush=True)
    while not asked.wait(1) and all(process.poll() is None for process in running):
        pass
    for process in running:
        process.send_signal(signal.SIGINT)
    until = time.monotonic() + 20  # for all of them together
    for process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, until - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):  # whatever is left of its session
            os.killpg(process.pid, signal.SIGKILL)
    return 0 if asked.is_set() else 1


def _early() -> list[list[str]]:
    """What starts beside the page: nothing of it reports to it."""
    return [["dag-processor"]]


def _late() -> list[list[str]]:
    """What starts when the page answers; a Celery worker only where there is a broker."""
    parts = [["scheduler", "--skip-serve-logs"], ["triggerer", "--skip-serve-logs"]]
    if os.environ.get("AIRFLOW__CELERY__BROKER_URL"):
        parts.append(["celery", "worker", "--skip-serve-logs", "--without-gossip", "--without-mingle"])
    return parts


def _start(*part: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "airflow", *part], start_new_session=True)


def _wait_for(page: subprocess.Popen[bytes], asked: threading.Event, port: str, seconds: float) -> None:
    """Until the page answers, its process ends, somebody asked to stop, or the time is over."""
    until = time.monotonic() + seconds
    while page.poll() is None and time.monotonic() < until and not asked.wait(0.5):
        with contextlib.suppress(OSError):  # of which URLError is one
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/monitor/health", timeout=5).close()
            return
