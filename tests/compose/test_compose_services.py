"""Every service of docker-compose.yaml as a process: its very command and environment, asked by its very health check.

Where compose has hosts, ports and paths of its own, those of this machine stand in: nothing else differs. PostgreSQL,
Redis, nginx and Airflow are the real ones.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from resolved import PROJECT, services

from support.cluster import PASSWORDS, Cluster, cluster
from support.ports import free_port

sys.path.insert(0, str(PROJECT / "scripts"))
import make_secrets

pytestmark = pytest.mark.slow
#: Any characters: signs with a meaning in URLs, in compose, in shells, in SQL and in Redis' configuration.
ODD = "p@ss/w%rd:$HOME'\"\\ #{}ế"
AIRFLOW = ("api-server", "dag-processor", "scheduler", "triggerer", "worker")


class Machine:
    """The services as processes of this machine, below one folder."""

    def __init__(self, folder: Path, server: Cluster) -> None:
        self.folder = folder
        self.cluster = server
        self.postgres = f"127.0.0.1:{server.port}"
        asked = {name: ODD for name in make_secrets.PASSWORDS if name != "POSTGRES_PASSWORD"}
        text = make_secrets.completed("", asked) + "COMPOSE_PROFILES=celery\nCELERY=1\nBACKUP_AT=00:00\n"
        make_secrets.write(folder / ".env", text)
        self.ports = {name: free_port() for name in ("api-server", "site", "redis")}
        for name in ("var", "exports", "backup", "tmp", "etc", "conf"):
            (folder / name).mkdir()
        self.services: dict[str, Any] = services(folder / ".env")
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def here(self, text: str) -> str:
        """A text of the compose file with the hosts, ports and paths of this machine."""
        ports = self.ports
        for there, local in {
            "@postgres:5432": f"@{self.postgres}",
            "@redis:6379": f"@127.0.0.1:{ports['redis']}",
            "-p 6379": f"-p {ports['redis']}",
            "http://api-server:8080": f"http://127.0.0.1:{ports['api-server']}",
            "127.0.0.1:8080": f"127.0.0.1:{ports['api-server']}",
            "127.0.0.1:8081": f"127.0.0.1:{ports['site']}",
            "0.0.0.0": "127.0.0.1",
            "/project/var": str(self.folder / "var"),
            "/exports": str(self.folder / "exports"),
            "/backup": str(self.folder / "backup"),
            "/redis.sh": str(PROJECT / "scripts" / "redis.sh"),
            "/etc/nginx/site.conf": str(self.folder / "conf" / "site.conf"),
        }.items():
            if text == there or not there.startswith("/") or text.startswith(there):
                text = text.replace(there, local)
        return text

    def environment(self, name: str) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("LANG", "LC_ALL") if key in os.environ}
        image = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(self.folder / "tmp")}
        machine = {"TMPDIR": str(self.folder / "tmp"), "AIRFLOW_PORT": self.ports["api-server"]}
        machine |= {"REDIS_PORT": self.ports["redis"], "PYTHONDONTWRITEBYTECODE": "1"}
        said = {key: self.here(str(value)) for key, value in self.services[name].get("environment", {}).items()}
        return kept | image | machine | said

    def command(self, name: str) -> list[str]:
        return [self.here(each) for each in self.services[name]["command"]]

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                self.command(name), env=self.environment(name), cwd=PROJECT, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def run(self, name: str) -> None:
        self.start(name)
        assert self.running.pop(name).wait(180) == 0, self.log(name)

    def is_healthy(self, name: str) -> bool:
        kind, *test = self.services[name]["healthcheck"]["test"]
        words = ["sh", "-c", self.here(test[0])] if kind == "CMD-SHELL" else [self.here(each) for each in test]
        asked = subprocess.run(words, env=self.environment(name), cwd=PROJECT, capture_output=True, timeout=30)
        return asked.returncode == 0

    def wait_for(self, *names: str, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        for name in names:
            while not self.is_healthy(name):
                assert self.running[name].poll() is None and time.monotonic() < end, f"{name}\n{self.log(name)}"
                time.sleep(0.5)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")[-5000:]

    def stop(self) -> None:
        for process in self.running.values():
            process.send_signal(signal.SIGINT)
        end = time.monotonic() + 5  # for all of them together
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    for program in ("nginx", "redis-server", "curl"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed; .ci/run installs it")
    folder = tmp_path_factory.mktemp("server")
    with ExitStack() as ended:
        postgres_options = services_options()
        server = ended.enter_context(cluster(*postgres_options, rules=PASSWORDS))
        found = Machine(folder, server)
        ended.callback(found.stop)
        with superuser(server) as connection:  # as the image does it
            connection.execute("alter role postgres password 'of the first start'")
        found.services["postgres"]["environment"] |= {"PGHOST": str(server.socket), "PGPORT": server.port}
        found.services["postgres"]["environment"]["PATH"] = f"{server.programs}:{os.environ['PATH']}"
        init = subprocess.run(
            ["bash", str(PROJECT / "scripts" / "postgres_init.sh")],
            env=found.environment("postgres"), capture_output=True, text=True,
        )  # fmt: skip
        assert init.returncode == 0, init.stderr
        site(found)
        found.start("redis")
        found.start("site")
        found.run("prepare")
        found.start("api-server")
        found.start("dag-processor")
        found.start("backup")
        found.wait_for("api-server")
        for name in ("scheduler", "triggerer", "worker"):
            found.start(name)
        found.wait_for("redis", "site", *AIRFLOW, "backup")
        yield found


def superuser(server: Cluster) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=str(server.socket), port=server.port, user="postgres", dbname="postgres")


def services_options() -> list[str]:
    """What the command of the service postgres says to the server: ``-c name=value`` each."""
    from resolved import compose

    command: list[str] = compose()["services"]["postgres"]["command"]
    assert command[0] == "postgres"
    return [each for each in command[1:] if each != "-c"]


def site(machine: Machine) -> None:
    """Published pages, a draft and an approved edition, where the site's volumes are mounted."""
    var = machine.folder / "var"
    for edition in ("r1", "r2"):
        folder = var / "releases" / "m" / "H50" / "2026-09" / edition
        folder.mkdir(parents=True)
        (folder / "ranking.csv").write_text("unit\n", "utf-8")
    (var / "releases" / "m" / "H50" / "2026-09" / "r1" / "approval.json").write_text("{}", "utf-8")
    (var / "report").mkdir()
    (var / "report" / "index.html").write_text("<!doctype html><p>trang", "utf-8")
    for each in [machine.folder, *machine.folder.parents]:
        if each.stat().st_mode & 0o777 == 0o700 and each.is_relative_to("/tmp"):
            each.chmod(0o711)
    config = (PROJECT / "scripts" / "site.conf").read_text("utf-8")
    config = config.replace("/tmp/", f"{machine.folder}/tmp/").replace("/srv/", f"{var}/")
    config = config.replace("listen 8081", f"listen 127.0.0.1:{machine.ports['site']}")
    (machine.folder / "conf" / "site.conf").write_text(f"user root;\n{config}" if os.getuid() == 0 else config, "utf-8")


def test_every_service_is_healthy(machine: Machine) -> None:
    checked = {name for name, service in machine.services.items() if "test" in service["healthcheck"]}
    assert checked == {"postgres", "redis", "site", "backup", "superset", *AIRFLOW}
    # superset needs a built warehouse: tests/dbt/test_dbt_superset.py starts its script and asks the same address
    assert checked - {"postgres", "superset"} == set(machine.running)  # the fixture asked each until it said yes
    assert all(process.poll() is None for process in machine.running.values())
    words = [machine.here(each) for each in machine.services["postgres"]["healthcheck"]["test"][1:]]
    asked = subprocess.run(words, env=machine.environment("postgres"), capture_output=True)
    assert asked.returncode == 0


def test_a_part_that_is_gone_is_not_healthy(machine: Machine) -> None:
    """Health checks can fail: of a server that is closed, a backup that is not there."""
    closed = machine.environment("scheduler") | {
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": "http://127.0.0.1:1/execution/"
    }
    asked = [sys.executable, "scripts/airflow_health.py", "scheduler"]
    assert subprocess.run(asked, env=closed, cwd=PROJECT, capture_output=True).returncode
    without = machine.environment("backup") | {"BACKUP_TO": str(machine.folder / "exports")}
    asked = [sys.executable, "scripts/backup_daily.py", "check"]
    assert subprocess.run(asked, env=without, cwd=PROJECT, capture_output=True).returncode


def test_databases_have_an_owner_each_that_sees_no_other(machine: Machine) -> None:
    for owner in ("warehouse", "ledger", "metadata"):
        for database in ("warehouse", "ledger", "metadata"):
            try:
                with psycopg.connect(
                    host=machine.postgres.split(":")[0], port=machine.postgres.split(":")[1],
                    user=owner, password=ODD, dbname=database,
                ):  # fmt: skip
                    assert owner == database
            except psycopg.OperationalError:
                assert owner != database
    with psycopg.connect(
        host="127.0.0.1", port=machine.postgres.split(":")[1], user="metadata", password=ODD, dbname="metadata"
    ) as connection:
        assert connection.execute("select count(*) from dag").fetchone() != (0,)
    with superuser(machine.cluster) as connection:
        query = "select rolpassword is null from pg_authid where rolname = 'postgres'"
        assert connection.execute(query).fetchone() == (True,)


def test_the_site_shows_what_is_published_and_no_draft(machine: Machine) -> None:
    def ask(path: str, *more: str) -> tuple[str, str]:
        url = f"http://127.0.0.1:{machine.ports['site']}{path}"
        said = subprocess.run(["curl", "-s", "-i", *more, url], capture_output=True, text=True, check=True).stdout
        head, _, body = said.replace("\r", "").partition("\n\n")
        return head, body

    head, body = ask("/")
    assert " 200 " in head and "trang" in body
    policy = next(line for line in head.splitlines() if line.startswith("Content-Security-Policy"))
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "http" not in policy.lower()[24:]
    assert "X-Content-Type-Options: nosniff" in head and "nginx/" not in head
    edition = "/releases/m/H50/2026-09"
    assert " 200 " in ask(f"{edition}/r1/ranking.csv")[0]
    assert " 404 " in ask(f"{edition}/r2/ranking.csv")[0] and " 404 " in ask(f"{edition}/r2/")[0]
    assert "Content-Security-Policy" in ask(f"{edition}/r2/")[0]
    assert (
        " 404 " in ask("/../ledger.sqlite", "--path-as-is")[0] or " 400 " in ask("/../ledger.sqlite", "--path-as-is")[0]
    )
    assert " 405 " in ask("/", "-X", "POST")[0]


def test_no_password_is_said(machine: Machine) -> None:
    from urllib.parse import quote

    for name in (*AIRFLOW, "redis", "site", "backup"):
        text = (machine.folder / f"{name}.log").read_text("utf-8", "replace")
        assert ODD not in text and quote(ODD, safe="") not in text, name
    assert (machine.folder / ".env").stat().st_mode & 0o777 == 0o600
