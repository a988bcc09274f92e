"""Files beside the code that must stay in step with it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

from conftest import clean_environment

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


def test_links_in_documents_lead_somewhere() -> None:
    for document in [*PROJECT.glob("*.md"), *(PROJECT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
            if not link.startswith("http"):
                assert (document.parent / link).exists(), f"{document.name}: {link}"


def test_both_readmes_name_the_same_commands() -> None:
    def commands(name: str) -> set[str]:
        return set(re.findall(r"(?:make|cchc) [a-z]+", (PROJECT / name).read_text("utf-8")))

    assert commands("README.md") == commands("README.vi.md")


def test_compose_uses_the_environment_of_the_makefile() -> None:
    compose = yaml.safe_load((PROJECT / "docker-compose.yaml").read_text("utf-8"))
    assert compose["services"]["airflow"]["env_file"] == "scripts/airflow.env"
    assert all(port.startswith("127.0.0.1:") for port in compose["services"]["airflow"]["ports"])


def test_hooks_need_no_other_repository() -> None:
    hooks = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]


def test_help_lists_every_target() -> None:
    said = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "lint", "bench", "chaos", "docs", "clean", "airflow"):
        assert f"make {target} " in said
