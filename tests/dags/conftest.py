from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.surroundings import clean_environment

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the scenarios of ``harness.py`` came to."""
    folder = tmp_path_factory.mktemp("airflow")
    done = subprocess.run(
        [sys.executable, str(HERE / "harness.py"), str(folder)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
    answer: dict[str, Any] = json.loads((folder / "seen.json").read_text("utf-8"))
    answer["output"] = done.stdout + done.stderr
    return answer
