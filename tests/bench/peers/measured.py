"""A peer as the harness sees it: which environment and script, how a run of it is watched, what it says it holds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.installation import _Peak

HERE = Path(__file__).parent
PROJECT = HERE.parents[2]
PEERS = PROJECT / ".peers/bin/python"


class Stopped(Exception):
    """A run that ended with an error; its last line says which."""


@dataclass(frozen=True)
class Peer:
    """``packages``: whose versions stand beside the time. ``own``: in the peers' environment, not the warehouse's."""

    name: str
    script: str
    what: str
    packages: tuple[str, ...]
    own: bool = True
    server: bool = False
    java: bool = False

    @property
    def python(self) -> str:
        """The interpreter of its environment."""
        return str(PEERS) if self.own else sys.executable

    def missing(self) -> str:
        """Why it can't run here, or nothing."""
        if self.own and not PEERS.is_file():
            return "no environment .peers here: make bench-peers makes it"
        if self.java and not shutil.which("java"):
            return "no java on the PATH (Debian: openjdk-17-jre-headless)"
        return ""

    def versions(self) -> dict[str, str]:
        """Package to installed version, and the Java it runs on."""
        ask = "import importlib.metadata as m, sys; print(*map(m.version, sys.argv[1:]), sep='\\n')"
        out = subprocess.run([self.python, "-c", ask, *self.packages], capture_output=True, text=True, check=True)
        found = dict(zip(self.packages, out.stdout.split(), strict=True))
        if self.java:
            told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
            found["Java"] = told.split('"')[1]
        return found


@dataclass
class At:
    """Where a peer works: its exports, reference tables, folder and database."""

    exports: Path
    reference: Path
    work: Path
    server: str = ""

    def options(self) -> list[str]:
        """As its command line takes them."""
        said = ["--exports", str(self.exports), "--reference", str(self.reference), "--work", str(self.work)]
        return [*said, "--server", self.server] if self.server else said


@dataclass
class Took:
    """One run: seconds from start to end of the process, by stage as the peer says, the peak of its memory."""

    wall: float
    peak_gb: float
    stages: dict[str, float] = field(default_factory=dict)


def call(peer: Peer, at: At, *options: str) -> Took:
    """One process of a peer, its memory and that of its children watched; ``Stopped`` when it fails."""
    env = {**os.environ, "PYTHONPATH": "" if peer.own else str(PROJECT / "tests"), "SPARK_LOCAL_IP": "127.0.0.1"}
    at.work.mkdir(parents=True, exist_ok=True)
    log = at.work / "log.txt"
    with log.open("w") as told:
        started = time.perf_counter()
        said = [peer.python, str(HERE / peer.script), *at.options(), *options]
        process = subprocess.Popen(said, stdout=told, stderr=subprocess.STDOUT, env=env)
        peak = _Peak(process.pid)
        peak.start()
        code = process.wait()
        wall = time.perf_counter() - started
    peak.ended.set()
    peak.join()
    if code:
        lines = [
            line for line in log.read_text("utf-8", "replace").splitlines() if line.strip() and not line[0].isspace()
        ]
        raise Stopped(lines[-1] if lines else f"exit code {code}")
    return Took(wall, peak.gb)


def run(peer: Peer, at: At) -> Took:
    """Load what changed and make the marts."""
    took = call(peer, at)
    took.stages = json.loads((at.work / "seconds.json").read_text())
    return took


def show(peer: Peer, at: At) -> dict[str, Any]:
    """What it holds (``common.shown``)."""
    call(peer, at, "--show")
    found: dict[str, Any] = json.loads((at.work / "shown.json").read_text())
    return found
