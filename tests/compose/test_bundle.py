"""``make bundle`` and its ``install.sh``, with the network off: with what ``cchc registry check`` imports."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from resolved import PROJECT

sys.path.insert(0, str(PROJECT / "scripts"))
import bundle

#: A few packages, some seconds: the whole bundle takes minutes and is tried by hand before a release.
FEW = "setuptools,packaging,typer,click,rich,shellingham,typing-extensions,annotated-doc,markdown-it-py,mdurl,pygments"
FEW += ",pyyaml,pydantic,pydantic-core,annotated-types,typing-inspection,duckdb,pyarrow,numpy,attrs"
CLOSED = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "PIP_NO_INDEX": "1"}


def test_a_server_gets_no_development_package() -> None:
    """The server's lock is the lock without the group dev: the same versions with the same hashes."""
    whole = bundle.packages((PROJECT / "requirements.lock").read_text("utf-8"))
    server = bundle.packages((PROJECT / bundle.LOCK).read_text("utf-8"))
    assert len(server) > 150
    assert {name for name, block in server.items() if whole.get(name) != block} <= {"setuptools"}
    groups = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    assert not {name.split("=")[0].lower() for name in groups["dev"]} & server.keys() - {"psutil"}


def test_the_image_installs_the_servers_lock_only() -> None:
    lines = (PROJECT / "Dockerfile").read_text("utf-8").splitlines()
    assert any("uv pip sync" in line and line.endswith(" requirements.server.lock") for line in lines)
    assert not any(" requirements.lock" in line or "COPY . " in line or "--group" in line for line in lines)
    stages = re.split(r"(?m)^FROM ", "\n".join(lines))[1:]
    made = {stage.splitlines()[0].split(" AS ")[-1]: stage.splitlines() for stage in stages[:-1]}
    assert stages[-1].strip() == "cchc"  # what is built where no target is named
    for name in ("cchc", "superset"):
        users = [line for line in made[name] if line.startswith("USER ")]
        assert not any(" pip " in line for line in made[name]) and users[-1] == "USER 10001:10001"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle") / "cchc"
    assert bundle.main(["--to", str(folder), "--only", FEW]) == 0
    return folder


def offline(words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run without a network: in a network namespace of its own where that is allowed, else behind a closed proxy."""
    alone = ["unshare", "--net"]
    able = shutil.which("unshare") and subprocess.run([*alone, "true"], capture_output=True).returncode == 0
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "CCHC_"))}
    return subprocess.run([*(alone if able else []), *words], env=kept | CLOSED, capture_output=True, text=True)


@pytest.mark.slow
def test_it_installs_without_a_network(made: Path, tmp_path: Path) -> None:
    target = tmp_path / "opt" / "cchc"
    done = offline([str(made / "install.sh"), str(target)])
    assert done.returncode == 0, done.stdout + done.stderr
    checked = offline([str(target / ".venv" / "bin" / "cchc"), "registry", "check"])
    assert checked.returncode == 0, checked.stdout + checked.stderr
    where = offline([str(target / ".venv" / "bin" / "python"), "-c", "import cchc; print(cchc.__file__)"]).stdout
    assert where.startswith(str(target / "include"))
    assert not (target / "tests").exists() and (target / "docker-compose.yaml").is_file()
    again = offline([str(made / "install.sh"), str(target)])
    assert again.returncode == 1 and "there already" in again.stderr


@pytest.mark.slow
def test_a_damaged_bundle_is_refused(made: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "bundle"
    shutil.copytree(made, damaged)
    wheel = next((damaged / "wheels").glob("rich-*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:-1] + b"?")
    done = offline([str(damaged / "install.sh"), str(tmp_path / "opt")])
    assert done.returncode == 1 and "damaged" in done.stderr and wheel.name in done.stdout + done.stderr
    assert not (tmp_path / "opt").exists()
