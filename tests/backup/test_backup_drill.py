"""A drill: back up while an ingest is running, restore elsewhere, go on there; the tables equal an undisturbed run."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from cchc import backup
from cchc.backup import manifest
from cchc.errors import PermanentError
from cchc.ledger import open_ledger
from cchc.ledger import tables as t
from cchc.load import open_warehouse
from cchc.pipeline.build import prepare_build
from cchc.registry.open import Registry
from cchc.settings import Settings
from support.world import DAY, G2, World, g2_file, world

DAYS = [DAY - timedelta(days=n) for n in range(6)]
#: Wall clocks and the numbers made of them; the warehouse keeps some of the ledger's.
CLOCKS = {"landed_at", "change_no", "recorded_at", "duration_ms", "arrived_at", "first_seen_at", "summary"}
RAW = ("dossiers", "quarantine", "replaced_dossiers", "deliveries", "reg_units", "reg_methods")


@pytest.fixture
def made(tmp_path: Path, registry: Registry) -> World:
    """Exports of several days, sent again for one of them."""
    found = world(tmp_path, registry)
    for number, day in enumerate(DAYS):
        found.deliver(G2, g2_file(*range(number * 10, number * 10 + 7)), day)
    return found


def start_ingest(settings: Settings) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from cchc.cli import run; run()", "ingest", "--workdir", str(settings.workdir)]
    command += ["--from", str(DAYS[-1]), "--to", str(DAYS[0]), "--exports", settings.exports, "--quiet"]
    env = {k: v for k, v in os.environ.items() if not k.startswith("CCHC_")}
    env |= {"CCHC_WAREHOUSE": settings.warehouse, "CCHC_LEDGER": settings.ledger_url}
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)


def tables(settings: Settings) -> dict[str, list[Any]]:
    """Ledger and raw tables, after what a build copies into the warehouse, without clocks."""
    prepare_build(settings)
    ledger, found = open_ledger(settings.ledger), {}
    with ledger.engine.connect() as connection:
        for table in (t.file_revision, t.stage_outcome, t.stray_file, t.waiver, t.destruction):
            columns = [column for column in table.c if column.name not in CLOCKS]
            found[table.name] = sorted(map(repr, connection.execute(sa.select(*columns)).all()))
    with open_warehouse(settings) as warehouse:
        for name in RAW:
            described = warehouse.execute(
                f"select column_name from information_schema.columns where table_schema='raw' and table_name='{name}'"
            )
            columns_of = ", ".join(sorted(column for (column,) in described if column not in CLOCKS))
            found[name] = sorted(map(repr, warehouse.execute(f"select {columns_of} from raw.{name}")))
    return found


def waiting(folder: Path) -> int:
    """How many files a copied ledger has landed and not judged: the most in the middle of a run."""
    with closing(sqlite3.connect(f"file:{folder}/ledger.sqlite?immutable=1", uri=True)) as connection:
        (count,) = connection.execute("select count(*) from file_revision where outcome = 'landed'").fetchone()
    return int(count)


@pytest.fixture(params=["duckdb", "postgres"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Where the warehouse and the ledger are before, and where after: files, or databases of a server."""
    if request.param == "duckdb":
        yield {}, {}
        return
    url = request.getfixturevalue("postgres_url")
    server = url.rsplit("/", 1)[0]
    names = [f"drill_{os.getpid()}_{n}" for n in range(3)]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        for name in names:
            connection.execute(f"create database {name}")
    ledgers = [f"{server}/{name}" for name in names]
    yield {"warehouse": url, "ledger_url": ledgers[0]}, {"warehouse": ledgers[1], "ledger_url": ledgers[2]}
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        for name in names:
            connection.execute(f"drop database {name} with (force)")


def test_drill(made: World, places: tuple[dict[str, str], dict[str, str]], tmp_path: Path) -> None:
    before, after = places
    working = replace(made.settings, **before)
    for day in DAYS[3:]:  # a part is loaded; the rest comes while the backup is taken
        shutil.move(str(Path(working.exports) / G2.rsplit("/", 1)[0] / str(day)), tmp_path / f"later-{day}")
    replace(made, settings=working).ingest(DAYS[-1], DAYS[0])
    for day in DAYS[3:]:
        shutil.move(tmp_path / f"later-{day}", Path(working.exports) / G2.rsplit("/", 1)[0] / str(day))
    made.deliver(G2, g2_file(1, 2, 3), DAYS[0])
    (working.workdir / "registry-note").touch()
    (working.editions / "m").mkdir(parents=True)
    (working.editions / "m" / "manifest.json").write_text("{}")

    running, taken = start_ingest(working), 0
    while running.poll() is None:  # at as many moments of the run as there is time for
        backup.take(working, tmp_path / "backups" / str(taken))
        taken += 1
        time.sleep(0.8)
    assert running.returncode == 0 and taken > 2
    wanted = tables(working)
    assert len(wanted["dossiers"]) + len(wanted["quarantine"]) == 5 * 7 + 3 and len(wanted["file_revision"]) == 7

    chosen = max(range(taken), key=lambda number: waiting(tmp_path / "backups" / str(number)))
    assert waiting(tmp_path / "backups" / str(chosen)) > 0  # landed, noted, and not loaded
    restored = replace(working, workdir=tmp_path / "elsewhere", **after)
    listed = backup.restore(restored, tmp_path / "backups" / str(chosen))
    assert listed["warehouse"] == ("postgresql" if after else "duckdb")
    assert (restored.editions / "m" / "manifest.json").read_text() == "{}"
    replace(made, settings=restored).ingest(DAYS[-1], DAYS[0])
    assert tables(restored) == wanted
    for number in range(taken):
        manifest.verified(tmp_path / "backups" / str(number))


def test_only_whole_backups_and_only_into_an_empty_place(made: World, tmp_path: Path) -> None:
    made.ingest()
    place, there = tmp_path / "backup", replace(made.settings, workdir=tmp_path / "there")
    backup.take(made.settings, place)
    with pytest.raises(PermanentError, match="is not empty"):
        backup.take(made.settings, place)
    with pytest.raises(PermanentError, match="never writes over anything"):
        backup.restore(made.settings, place)
    with pytest.raises(PermanentError, match="is no backup"):
        backup.restore(there, tmp_path)
    blob = next((place / "landing").glob("*/*"))
    whole = blob.read_bytes()
    blob.write_bytes(whole[:-1] + b"#")
    with pytest.raises(PermanentError, match="is not as it was written"):
        backup.restore(there, place)
    blob.write_bytes(whole)
    (place / "more").touch()
    with pytest.raises(PermanentError, match="more is not listed"):
        backup.restore(there, place)
    (place / "more").unlink()
    with pytest.raises(PermanentError, match="CCHC_WAREHOUSE"):
        backup.restore(replace(there, warehouse="postgresql://u@127.0.0.1:1/d"), place)
    assert not there.workdir.exists()
    backup.restore(there, place)
    assert replace(made, settings=there).content() == made.content()


def test_bytes_that_rotted_are_not_passed_on(made: World, tmp_path: Path) -> None:
    made.ingest()
    blob = next(made.settings.landing.glob("*/*"))
    blob.chmod(0o600)
    blob.write_bytes(b"rotten")
    with pytest.raises(PermanentError, match="is not what its name says"):
        backup.take(made.settings, tmp_path / "backup")
