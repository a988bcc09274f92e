"""Run the real command line in a process of its own, and look at everything it left behind."""

from __future__ import annotations

import csv
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from support.postgres_tables import CLOCKS
from support.surroundings import clean_environment as environment

#: The export contract and its samples lie beside the repository; see tests/flow/contract_samples.py.
SHARED = Path(__file__).resolve().parents[3] / "shared"
SAMPLES = SHARED / "contract" / "samples"

#: Tables that describe runs, not results.
RUNS = {"run", "alembic_version", "change_counter", "stage_outcome", "raw.build_state"}


def cchc(
    *arguments: str | Path, check: bool = True, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``cchc`` to its end."""
    command = [sys.executable, "-c", "from cchc.cli import run; run()", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=env or environment())
    if check and done.returncode:
        raise AssertionError(
            f"cchc {' '.join(map(str, arguments))} failed:\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
        )
    return done


def killed_after(seconds: float, *arguments: str | Path) -> bool:
    """Start ``cchc`` and kill it (SIGKILL, the process alone); returns whether it was still running."""
    command = [sys.executable, "-c", "from cchc.cli import run; run()", *map(str, arguments)]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(), start_new_session=True
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False


def export_indicators(workdir: Path, env: dict[str, str] | None = None) -> Path:
    """``cchc export indicators``."""
    cchc("export", "indicators", "--workdir", workdir, "--out", workdir / "indicators.csv", env=env)
    return workdir / "indicators.csv"


def export_ledger(workdir: Path) -> Path:
    """``cchc export ledger``."""
    cchc("export", "ledger", "--workdir", workdir, "--out", workdir / "ledger.csv")
    return workdir / "ledger.csv"


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def query(workdir: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask the embedded warehouse."""
    with duckdb.connect(str(workdir / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def warehouse_tables(workdir: Path, schemas: tuple[str, ...] | None = None) -> dict[str, list[str]]:
    """Every table and view of the warehouse as sorted text rows, without clocks."""
    found: dict[str, list[str]] = {}
    deadline = time.monotonic() + 60
    while True:
        try:
            con = duckdb.connect(str(workdir / "warehouse.duckdb"), read_only=True)
            break
        except duckdb.IOException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
    with con:
        names = con.execute("select table_schema, table_name from information_schema.tables order by 1, 2").fetchall()
        for schema, name in names:
            if (schemas and schema not in schemas) or f"{schema}.{name}" in RUNS:
                continue
            described = con.execute(f'describe "{schema}"."{name}"').fetchall()
            columns = ", ".join(f'"{row[0]}"' for row in described if row[0] not in CLOCKS)
            rows = con.execute(f'select {columns} from "{schema}"."{name}"').fetchall()
            found[f"{schema}.{name}"] = sorted(map(str, rows))
    return found


def ledger_tables(workdir: Path) -> dict[str, list[str]]:
    """Every table of the SQLite ledger as sorted text rows, without clocks."""
    found: dict[str, list[str]] = {}
    with sqlite3.connect(workdir / "ledger.sqlite") as con:
        for (name,) in con.execute("select name from sqlite_master where type = 'table'").fetchall():
            if name in RUNS or name.startswith("sqlite_"):
                continue
            columns = [row[1] for row in con.execute(f"pragma table_info({name})") if row[1] not in CLOCKS]
            rows = con.execute(f"select {', '.join(columns)} from {name}").fetchall()
            found[name] = sorted(map(str, rows))
    return found
