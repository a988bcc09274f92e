"""A run whose process was killed is closed as died by the next one of its folder, and by no other."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from cchc.ledger import open_ledger
from cchc.pipeline.run import is_running, place, sole_run
from cchc.settings import Settings

HOLDER = """
import sys, time
from pathlib import Path
from cchc.ledger import open_ledger
from cchc.pipeline.run import place, sole_run
from cchc.settings import Settings
settings = Settings(workdir=Path(sys.argv[1]), exports="")
with sole_run(settings):
    open_ledger(settings.ledger).start_run("run", None, None, place(settings))
    print("working", flush=True)
    time.sleep(600)
"""


def test_a_killed_run_is_closed_as_died(tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path, exports="")
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "working\n"
        assert is_running(settings)
        process.send_signal(signal.SIGKILL)
    assert not is_running(settings)
    ledger = open_ledger(settings.ledger)
    other = ledger.start_run("run", None, None, "elsewhere:/srv/other")
    assert [run["outcome"] for run in ledger.runs()] == ["running", "running"]  # another machine's lock says nothing
    with sole_run(settings):
        mine = ledger.start_run("run", None, None, place(settings))
        ledger.finish_run(mine, "finished", {})
    assert {run["id"]: run["outcome"] for run in ledger.runs()} == {1: "died", other: "running", mine: "finished"}
    assert ledger.runs("died")[0]["finished_at"] >= ledger.runs("died")[0]["started_at"]
