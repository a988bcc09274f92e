"""``cchc -v``: the stages are heard on standard error; without it a command says what it always said."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cchc.cli import app, logs

NOTHING = ["ingest", "--from", "2026-11-05", "--to", "2026-11-05"]


@pytest.fixture(autouse=True)
def nobody_hears_afterwards() -> Iterator[None]:
    yield
    logs.listen(0)


def heard(tmp_path: Path, *arguments: str, after: tuple[str, ...] = ()) -> tuple[str, str]:
    (tmp_path / "exports").mkdir(exist_ok=True)
    command = [*arguments, *NOTHING, *after, "-w", str(tmp_path / "var"), "--exports", str(tmp_path / "exports")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    return done.stdout, done.stderr


def test_nothing_is_configured_at_import() -> None:
    code = (
        "import logging, cchc.pipeline.run, cchc.pipeline.tasks, cchc.cli\n"
        "print(logging.getLogger().handlers, logging.getLogger().level, logging.getLogger('cchc').level)\n"
        "print([type(h).__name__ for h in logging.getLogger('cchc').handlers])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"[] {logging.WARNING} 0", "['NullHandler']"]
    assert done.stderr == ""


@pytest.mark.parametrize(("before", "after"), [(("-v",), ()), ((), ("-v",)), ((), ("--verbose",))])
def test_v_says_time_logger_and_text(tmp_path: Path, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    (stray := tmp_path / "exports" / "mcdt-quangtri" / "H50.101" / "2026-11-05").mkdir(parents=True)
    (stray / "notes.txt").write_text("x")
    _, said = heard(tmp_path, *before, after=after)
    assert re.search(r"^\d\d:\d\d:\d\d cchc.extract: mcdt-quangtri: \d+ units, 0 files new, .* 1 stray, ", said, re.M)
    assert "a stray, unknown_file_name" not in said
    assert all(re.match(r"\d\d:\d\d:\d\d cchc\.\w+: ", line) for line in said.splitlines())


@pytest.mark.parametrize(("before", "after"), [(("-vv",), ()), ((), ("-vv",)), (("-v",), ("-v",))])
def test_vv_also_names_folders(tmp_path: Path, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    (stray := tmp_path / "exports" / "mcdt-quangtri" / "H50.101" / "2026-11-05").mkdir(parents=True)
    (stray / "notes.txt").write_text("x")
    _, said = heard(tmp_path, *before, after=after)
    assert "mcdt-quangtri/H50.101/2026-11-05: a stray, unknown_file_name" in said and "notes.txt" not in said


def test_without_it_a_command_says_what_it_always_said(tmp_path: Path) -> None:
    loud, _ = heard(tmp_path, "-v")
    quiet, said = heard(tmp_path)
    assert said == ""
    seconds = re.compile(r"[\d.]+ s")
    assert seconds.sub("", quiet) == seconds.sub("", loud)


def test_a_warning_of_the_build_is_always_heard(capsys: pytest.CaptureFixture[str]) -> None:
    logs.listen(0)
    logging.getLogger("cchc.model").warning("registry changed")
    logging.getLogger("cchc.model").info("a table of models")
    logging.getLogger("cchc.read").warning("refused: ...")
    assert capsys.readouterr().err == "registry changed\n"


def test_what_is_asked_last_holds(capsys: pytest.CaptureFixture[str]) -> None:
    for verbosity in (2, 1, 1):
        logs.listen(verbosity)
    logging.getLogger("cchc.read").info("once")
    logging.getLogger("cchc.read").debug("never")
    assert capsys.readouterr().err.count("once") == 1
