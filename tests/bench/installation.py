"""An installation that a measurement runs again and again from the same state: one run, and a copy."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path


def cchc(command: str, work: Path, *options: str, warehouse: str = "") -> None:
    """One command of ours on an installation, in a process of its own."""
    said = [sys.executable, "-c", "from cchc.cli import run; run()", command, "--quiet"]
    said += ["--workdir", str(work), *options]
    env = {**os.environ, "PYTHONWARNINGS": "ignore", "CCHC_WAREHOUSE": warehouse}
    subprocess.run(said, check=True, stdout=subprocess.DEVNULL, env=env)


def given(exports: Path, reference: Path) -> list[str]:
    """The options that name exports, all their days and the reference folder."""
    days = sorted({path.name for path in exports.glob("*/*/*") if path.is_dir()})
    return ["--exports", str(exports), "--reference", str(reference), "--from", days[0], "--to", days[-1]]


def run(exports: Path, reference: Path, work: Path) -> tuple[float, dict[str, float]]:
    """``cchc run`` over all export days; seconds of work and of start-up together, and the work by stage."""
    out = work / "measured.json"
    work.mkdir(parents=True, exist_ok=True)
    cchc("run", work, "--json", str(out), *given(exports, reference))
    found = json.loads(out.read_text())
    return sum(found["seconds"].values()), found["seconds"]


def copy_of(work: Path, copy: Path) -> Path:
    """A copy of an embedded installation, files that are written in place apart and the rest linked."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(work, copy, copy_function=os.link)
    for own in [*work.glob("warehouse.duckdb*"), *work.glob("ledger.sqlite*")]:
        (copy / own.name).unlink()
        shutil.copy(own, copy / own.name)
    return copy
