"""Files beside the code that must stay in step with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

from support.surroundings import clean_environment

PROJECT = Path(__file__).resolve().parents[2]


def test_data_dictionary_is_fresh(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "scripts/data_dictionary.py", "--check"],
        cwd=PROJECT,
        env=clean_environment() | {"CCHC_WORKDIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_hooks_need_no_other_repository() -> None:
    hooks = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
