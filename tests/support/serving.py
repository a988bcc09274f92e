"""A real Airflow under test: the processes of ``make airflow`` over one working folder, asked through its API."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from support.ports import free_port
from support.surroundings import clean_environment

PROJECT = Path(__file__).resolve().parents[2]
#: A password with the signs that have a meaning in URLs and in configuration files.
SECRET, WRITTEN = "p@ss/w%rd:", "p%40ss%2Fw%25rd%3A"
SCRIPT = [sys.executable, str(PROJECT / "scripts" / "airflow_env.py")]


@dataclass
class Airflow:
    """A running Airflow over one working folder; asks as ``admin`` unless another token is named."""

    url: str
    workdir: Path
    environment: dict[str, str]
    token: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def home(self) -> Path:
        return self.workdir / "airflow"

    def ask(self, path: str, body: Any = None, method: str = "GET", token: str | None = None) -> Any:
        try:
            return self._ask(path, body, method, token)
        except urllib.error.HTTPError as error:
            if error.code != 401 or token or not self.token:
                raise
        self.sign_in_again()  # a test moved the clock past the day that a token holds
        return self._ask(path, body, method, token)

    def _ask(self, path: str, body: Any, method: str, token: str | None) -> Any:
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Content-Type", "application/json")
        if token or self.token:
            request.add_header("Authorization", f"Bearer {token or self.token}")
        with urllib.request.urlopen(request, None if body is None else json.dumps(body).encode(), timeout=120) as reply:
            return json.loads(reply.read() or b"null")

    def status(self, path: str, body: Any = None, method: str = "GET", token: str | None = None) -> int:
        """The code of the answer alone."""
        try:
            self.ask(path, body, method, token)
        except urllib.error.HTTPError as error:
            return error.code
        return 200

    def sign_in(self, user: str, password: str) -> str:
        answer = self.ask("/auth/token", {"username": user, "password": password}, "POST")
        return str(answer["access_token"])

    def sign_in_again(self) -> None:
        """As ``admin``, with the password of the first start."""
        self.token = ""
        self.token = self.sign_in("admin", (self.home / "admin_password").read_text("utf-8"))

    def person(self, name: str, role: str) -> str:
        """A user with one role; the token under which he asks."""
        password = secrets.token_urlsafe()
        named = {"username": name, "first_name": name, "last_name": name, "email": f"{name}@example.invalid"}
        self.ask("/auth/fab/v1/users", {**named, "password": password, "roles": [{"name": role}]}, "POST")
        return self.sign_in(name, password)

    def runs(self, dag: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(f"/api/v2/dags/{dag}/dagRuns?order_by=run_after")["dag_runs"]
        return found

    def tasks(self, dag: str, run_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(f"/api/v2/dags/{dag}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return found

    def states(self, dag: str, run_id: str) -> dict[str, str]:
        return {task["task_id"]: task["state"] for task in self.tasks(dag, run_id)}

    def trigger(self, dag: str, conf: dict[str, Any], run_id: str | None = None) -> str:
        body = {"logical_date": None, "conf": conf} | ({"dag_run_id": run_id} if run_id else {})
        return str(self.ask(f"/api/v2/dags/{dag}/dagRuns", body, "POST")["dag_run_id"])

    def ended(self, dag: str, count: int = 1, seconds: float = 240) -> list[dict[str, Any]]:
        """All runs of a DAG, when at least ``count`` of them have ended."""
        end = time.monotonic() + seconds
        while True:
            found = self.runs(dag)
            if sum(run["state"] in ("success", "failed") for run in found) >= count:
                return found
            assert time.monotonic() < end, (found, self.log()[-6000:])
            time.sleep(0.5)

    def log(self) -> str:
        """What the processes printed, at every start."""
        path = self.workdir / "airflow.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def starts(self) -> int:
        """How often all services were up."""
        return self.log().count("password of the first start")

    def command(self, *arguments: str) -> str:
        """Airflow's own command line, as ``make airflow-cli`` calls it."""
        done = subprocess.run(
            [*SCRIPT, "cli", *arguments], env=self.environment, capture_output=True, text=True, timeout=180
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done.stdout


def metadata(server: str, name: str) -> str:
    """A database and its owner for Airflow alone, with the signs in its password that mean something in URLs and in
    configuration files; its URL."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"create role {name} login password '{SECRET}'")
        connection.execute(f"create database {name} owner {name}")
    return f"{server}/{name}".replace("postgres@", f"{name}:{WRITTEN}@")


@contextmanager
def redis() -> Iterator[str]:
    """Debian's redis-server on loopback, keeping nothing; its URL."""
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no", "--daemonize", "no"]
    process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL, cwd="/")
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def serving(workdir: Path, **variables: str) -> Iterator[Airflow]:
    """Run the services until the block ends; the first user's token and every DAG are there when it begins."""
    port = free_port()
    workdir.mkdir(parents=True, exist_ok=True)
    env = clean_environment() | {"CCHC_WORKDIR": str(workdir), "AIRFLOW_PORT": port} | variables
    env["PYTHONPATH"] = os.pathsep.join([variables.get("PYTHONPATH", ""), *sys.path])
    found = Airflow(f"http://127.0.0.1:{port}", workdir, env)
    before = found.starts()
    with (workdir / "airflow.log").open("ab") as log:
        process = subprocess.Popen([*SCRIPT, "serve"], env=env, stdout=log, stderr=log, start_new_session=True)
        found.process = process
    try:
        _ready(found, process, before)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _ready(found: Airflow, process: subprocess.Popen[bytes], before: int) -> None:
    end = time.monotonic() + 240
    while True:
        assert process.poll() is None and time.monotonic() < end, found.log()[-6000:]
        try:
            if not found.token:
                found.sign_in_again()
            if found.ask("/api/v2/dags")["total_entries"] >= 4 and found.starts() > before:
                return
        except OSError:  # not there yet
            pass
        time.sleep(0.5)
