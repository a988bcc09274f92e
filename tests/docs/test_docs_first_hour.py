"""The first hour of CONTRIBUTING.md, line by line, in a copy of the checkout: it fails and passes where it says so."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from documents import FENCED, PROJECT, text

FIRST_HOUR = re.findall(r"^## The first hour\n(.*?)^## ", text("CONTRIBUTING.md"), re.M | re.S)[0]
LINES = [line for _, block in FENCED.findall(FIRST_HOUR) for line in block.splitlines()]
#: the copy stands for the clone; the quick tests are run where they belong, not once more inside of one test
LEFT_OUT = ("git clone", "make fast")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The checkout as it stands, under version control, with the environment of this one."""
    target = tmp_path / "copy"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=PROJECT, capture_output=True
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (PROJECT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, target / name)
    for name in ("requirements.lock", "pyproject.toml"):
        os.utime(target / name, (0, 0))  # older than the environment, which is this checkout's: nothing is installed
    (target / ".venv").symlink_to(PROJECT / ".venv")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "as it stands"]):
        subprocess.run([*git, *arguments], cwd=target, check=True)
    return target


@pytest.mark.slow
def test_the_first_hour_works(copy: Path) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CCHC_", "PYTEST", "MAKE"))}
    env["PYTHONPATH"] = str(copy / "include")
    outcomes = []
    for line in LINES:
        command, _, said = line.partition("#")
        if command.startswith(LEFT_OUT):
            continue
        done = subprocess.run(["bash", "-c", command], cwd=copy, env=env, capture_output=True, text=True)
        told = done.stdout + done.stderr
        if said.strip().startswith("fails: "):
            assert done.returncode != 0, told
            assert said.split("fails: ")[1].strip() in told
            assert re.search(r"\d+ failed, \d+ passed", told), told[-2000:]
        else:
            assert done.returncode == 0, f"{command}: {told[-2000:]}"
        outcomes.append(said.strip().split(":")[0])
    assert outcomes.count("fails") == 1
    assert outcomes[-1] == "passes"


def test_a_test_that_contributing_names_is_there() -> None:
    for path, name in re.findall(r"(tests/[\w/]+\.py)::(\w+)", text("CONTRIBUTING.md")):
        assert f"def {name}(" in text(path)
    for name in re.findall(r"`(test_\w+)\[", FIRST_HOUR):
        assert f"def {name}(" in text("tests/validate/test_validate_rules.py")


def test_editors_and_linters_agree() -> None:
    """Line lengths and indents of .editorconfig are ruff's and sqlfluff's."""
    editor = configparser.ConfigParser()
    editor.read_string("[top]\n" + text(".editorconfig"))
    ruff = tomllib.loads(text("pyproject.toml"))["tool"]["ruff"]
    sqlfluff = configparser.ConfigParser()
    sqlfluff.read_string(text(".sqlfluff"))
    assert editor["*.{py,pyi}"]["max_line_length"] == str(ruff["line-length"])
    assert editor["*.sql"]["max_line_length"] == sqlfluff["sqlfluff"]["max_line_length"]
    assert editor["*.{py,pyi}"]["indent_size"] == editor["*.sql"]["indent_size"] == "4"
    assert editor["Makefile"]["indent_style"] == "tab"


def test_every_issue_template_warns_of_personal_data() -> None:
    templates = sorted((PROJECT / ".github" / "ISSUE_TEMPLATE").glob("*.md"))
    assert [path.stem for path in templates] == ["misread_file", "new_source"]
    for path in templates:
        head = yaml.safe_load(path.read_text("utf-8").split("---")[1])
        assert set(head) == {"name", "about", "labels"}
        assert re.search(r"never.*(personal data|real people)", path.read_text("utf-8"), re.I)
