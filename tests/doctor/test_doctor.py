"""The doctor names what was really broken, and how to mend it; where nothing is broken it says so."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import duckdb
import psycopg
import pytest

from cchc.doctor import data, examine, installation, machine
from cchc.doctor.finding import Warned
from cchc.errors import CchcError, PermanentError
from cchc.ledger import open_ledger
from cchc.load import open_warehouse
from cchc.modes import keep_private
from cchc.pipeline.run import ingest, place
from cchc.registry.open import open_registry
from cchc.settings import Settings
from cchc.surroundings import in_our_terms
from support.rights import bind_child
from support.world import DAY, G2, g2_file, world


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation that took in one file."""
    made = world(tmp_path_factory.mktemp("sound"), open_registry(None))
    made.deliver(G2, g2_file(1, 2))
    before = os.umask(0o077)
    keep_private(made.settings)
    ingest(made.settings, made.registry, made.ledger, DAY, DAY)
    os.umask(before)
    made.settings.workdir.chmod(0o700)
    return made.settings


@pytest.fixture
def here(sound: Settings, tmp_path: Path) -> Settings:
    """A copy of it to be broken."""
    shutil.copytree(sound.workdir, tmp_path / "var")
    return replace(sound, workdir=tmp_path / "var")


def broken_ledger(settings: Settings) -> None:
    with sqlite3.connect(settings.workdir / "ledger.sqlite") as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    path = settings.workdir / "ledger.sqlite"
    whole = bytearray(path.read_bytes())
    for page in range(4096 * 2, len(whole) - 4096, 4096):
        whole[page + 8 : page + 3000] = b"\xff" * 2992
    path.write_bytes(bytes(whole))


def newer_ledger(settings: Settings) -> None:
    with sqlite3.connect(settings.workdir / "ledger.sqlite") as connection:
        connection.execute("update alembic_version set version_num = '9999'")


def lost_bytes(settings: Settings) -> None:
    shutil.rmtree(next(path for path in settings.landing.iterdir() if path.is_dir()))


def no_warehouse_at_all(settings: Settings) -> None:
    settings.duckdb_path.write_bytes(b"no database" * 1000)


BREAKS: dict[str, tuple[Callable[[Settings], object], Callable[[Settings], str], str]] = {
    "a damaged ledger": (broken_ledger, data.ledger, "damaged"),
    "a newer ledger": (newer_ledger, data.ledger, "newer version"),
    "landed bytes are gone": (lost_bytes, data.landing, "1 landed files are gone, 1 of them in force"),
    "a damaged warehouse": (no_warehouse_at_all, data.warehouse, "damaged or no database"),
    "others may write": (lambda s: s.workdir.chmod(0o777), installation.working_folder, "chmod go-w"),
    "a loose ledger": (lambda s: (s.workdir / "ledger.sqlite").chmod(0o644), installation.file_modes, "chmod go="),
    "a clock of the past": (
        lambda s: os.utime(s.duckdb_path, (time.time() + 86_400,) * 2), machine.clock, "set it (NTP)"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_is_found(name: str, here: Settings) -> None:
    break_it, look, said = BREAKS[name]
    with suppress(Warned):
        assert look(here)
    break_it(here)
    with pytest.raises(Exception) as caught:
        look(here)
    told = in_our_terms(caught.value)
    assert isinstance(told, CchcError) and not isinstance(told, Warned)
    assert said in str(told)


def test_settings_that_make_no_sense(here: Settings, tmp_path: Path) -> None:
    key = tmp_path / "office.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
    key.chmod(0o644)
    for changed, look, said in (
        ({"exports": str(here.landing)}, installation.settings_make_sense, "CCHC_EXPORTS"),
        ({"dbt_project": tmp_path / "none"}, installation.settings_make_sense, "CCHC_DBT_PROJECT"),
        ({"releases": here.reports / "r"}, installation.settings_make_sense, "CCHC_RELEASES"),
        ({"exports": str(tmp_path / "none")}, installation.exports, "is no folder"),
        ({"signing_key": str(key)}, installation.signing_key, "chmod 600"),
        ({"signing_key": str(tmp_path / "none.pem")}, installation.signing_key, "CCHC_SIGNING_KEY"),
        ({"duckdb_memory": "900TB"}, machine.memory, "at most 60 %"),
        ({"duckdb_memory": "much"}, machine.memory, "is no amount"),
        ({"airflow_metadata": f"sqlite:///{tmp_path}/none.db"}, installation.airflow_metadata, "no such file"),
        (
            {"airflow_metadata": "postgresql+psycopg2://a:s3cret@127.0.0.1:1/a"},
            installation.airflow_metadata,
            "does not answer",
        ),
        ({"warehouse": "postgresql://a:s3cret@127.0.0.1:1/a"}, data.warehouse, "does not answer"),
    ):
        with pytest.raises(CchcError) as caught:
            look(replace(here, **changed))
        assert said in str(caught.value) and "s3cret" not in str(caught.value), said
    with sqlite3.connect(tmp_path / "airflow.db") as connection:
        connection.execute("create table alembic_version (version_num text)")
        connection.execute("insert into alembic_version values ('abc')")
    there = replace(here, airflow_metadata=f"sqlite:///{tmp_path}/airflow.db")
    assert "schema abc" in installation.airflow_metadata(there)


def test_a_run_that_died_and_a_warehouse_that_waits(here: Settings) -> None:
    with pytest.raises(Warned, match="loaded and never built"):
        data.warehouse(here)
    with open_warehouse(here) as warehouse:
        warehouse.execute("update raw.build_state set registry_hash = 'r:m', change_no = 5, full_refresh = false")
        warehouse.execute("update raw.build_state set stale = true")
    with pytest.raises(Warned, match="changes wait: cchc build"):
        data.warehouse(here)
    with duckdb.connect(str(here.duckdb_path)) as connection:
        connection.execute("update raw.build_state set stale = false")
    assert "up to date" in data.warehouse(here)
    open_ledger(here.ledger).start_run("run", DAY, DAY, place(here))
    with pytest.raises(Warned, match="died: run it again"):
        data.runs(here)


def test_rights_and_encoding_on_a_server(here: Settings, postgres_url: str) -> None:
    on_server = replace(here, warehouse=postgres_url)
    assert "empty" in data.warehouse(on_server)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("drop role if exists weak")
        connection.execute("create role weak login")
    weak = postgres_url.replace("postgres@", "weak@")
    with pytest.raises(PermanentError, match="no right CREATE"):
        data.warehouse(replace(here, warehouse=weak))
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("drop role weak")


def test_the_command_says_so_and_ends_with_one(here: Settings) -> None:
    command = [sys.executable, "-c", "from cchc.cli import run; run()", "doctor", "--json", "--workdir", here.workdir]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("CCHC_", "AIRFLOW"))}
    environment |= {"CCHC_EXPORTS": here.exports}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, preexec_fn=bind_child)
    found = {each["check"]: each for each in json.loads(done.stdout)}
    assert done.returncode == 0 and {each["status"] for each in found.values()} <= {"ok", "warning"}, done.stdout
    assert {"python", "packages", "clock", "room", "file modes", "registry", "ledger", "warehouse"} <= set(found)
    environment |= {"CCHC_FAIL_SHARE": "2", "CCHC_WAREHOUSE": "postgresql://u:s3cret@h"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "s3cret" not in done.stdout + done.stderr
    assert [each["status"] for each in json.loads(done.stdout)] == ["wrong", "wrong"]


def test_looking_makes_nothing(tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path / "var", exports=str(tmp_path))
    assert {each.check for each in examine(settings)} >= {"ledger", "landing", "warehouse", "runs"}
    assert list(tmp_path.iterdir()) == []
