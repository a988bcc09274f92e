"""docs/settings.md and docs/commands.md name every setting and option there is, and none that is not there."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from documents import PROJECT, cells, commands, options, text

from cchc import settings
from cchc.errors import PermanentError
from cchc.settings import Settings, variables

ROWS = {
    row[0].strip("`"): row
    for line in text("docs/settings.md").splitlines()
    if line.startswith("| `") and len(row := cells(line)) == 5
}
PACKAGE = PROJECT / "include" / "cchc"


def tracked(*places: str) -> Iterator[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", *places], cwd=PROJECT, capture_output=True, check=True).stdout
    yield from (PROJECT / name for name in listed.decode().split("\0") if name and (PROJECT / name).is_file())


def test_every_setting_is_documented() -> None:
    assert {variable.name for variable in variables().values()} <= set(ROWS)


def test_every_variable_in_the_code_is_documented() -> None:
    named: set[str] = set()
    for path in tracked("include", "dags", "scripts", "dbt_project", "tests", "Makefile", "docker-compose.yaml"):
        if path.suffix in {".py", ".yml", ".yaml", ".sql", ".env", ".sh", ""}:
            named |= set(re.findall(r"\bCCHC_[A-Z][A-Z_]*[A-Z]\b", path.read_text("utf-8")))
    assert named == {name for name in ROWS if name.startswith("CCHC_")}


def test_a_variable_is_read_where_the_table_says() -> None:
    """Rows that name a file: the file names the variable."""
    for name, row in ROWS.items():
        if "/" in row[4] or row[4].endswith("yaml`"):
            assert name in text(row[4].strip("`")), f"{name} in {row[4]}"


def test_documented_defaults_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in variables().values():
        monkeypatch.delenv(variable.name, raising=False)
    defaults = Settings.from_env()
    limits = ("fail_share", "fetch_workers", "judge_workers", "batch_bytes", "batch_files", "duckdb_memory")
    watched = ("smtp_port", "smtp_security", "watch_hours", "watch_days", "watch_grace", "disk_share")
    for field in (*limits, *watched):
        assert ROWS[variables()[field].name][1] == f"`{getattr(defaults, field)}`"
    assert ROWS["DBT_LOG_LEVEL_FILE"][1] == f"`{defaults.dbt_log_level}`"
    assert ROWS["CCHC_WORKDIR"][1] == f"`{defaults.workdir.name}`"


def test_every_variable_reaches_its_field(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = {"fail_share": "0.25", "disk_share": "0.5", "smtp_security": "ssl", "debug": "1", "warehouse_roles": "true"}
    said |= {"workdir": str(tmp_path / "w"), "warehouse": "postgresql://h/d", "published_mode": "0600"}
    said |= {"warehouse_state": "postgresql://h/s"}
    parsed = {"debug": "True", "warehouse_roles": "True", "published_mode": str(0o600)}
    for field, variable in variables().items():
        monkeypatch.setenv(variable.name, said.get(field, "7"))
    found = Settings.from_env()
    for field in variables():
        wanted = parsed.get(field, said.get(field, "7"))
        assert str(getattr(found, field)) == wanted == str(settings.read(field)), field


def test_the_command_line_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CCHC_WORKDIR", "elsewhere")
    monkeypatch.setenv("CCHC_LEDGER", "")
    found = Settings.from_env(workdir=tmp_path, exports=None)
    assert (found.workdir, found.ledger_url, found.exports) == (tmp_path, "", "elsewhere/exports")


@pytest.mark.parametrize(("variable", "said"), [("CCHC_FAIL_SHARE", "1.5"), ("CCHC_BATCH_FILES", "many")])
def test_a_value_that_cannot_be_read_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, said: str
) -> None:
    monkeypatch.setenv(variable, said)
    with pytest.raises(PermanentError, match=f"{variable}={said}"):
        Settings.from_env()


def test_the_environment_is_read_in_settings_only() -> None:
    """Writing it for a child or for a library that is imported later is no reading."""
    reading = re.compile(r"os\.environ(?!\.(setdefault|update)\()|getenv|from os import .*environ")
    found = {
        str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if reading.search(path.read_text("utf-8"))
    }
    assert found == {"settings.py"}


SECTIONS = dict(re.findall(r"^## `(cchc [a-z ]+)`\n(.*?)(?=^## |\Z)", text("docs/commands.md"), re.M | re.S))


def test_every_command_is_documented() -> None:
    assert set(SECTIONS) == set(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_option_is_documented(name: str) -> None:
    rows = [cells(line) for line in SECTIONS.get(name, "").splitlines() if line.startswith("| `")]
    documented = {tuple(re.findall(r"`([^`]+)`", row[0])): row for row in rows}
    there = options(commands()[name])
    assert set(documented) == set(there)
    for names, row in documented.items():
        option = there[names]
        assert (row[1] == "required") == option.required, names
        if not option.required and option.default not in (None, False):
            plain = option.default if isinstance(option.default, str) else f"{option.default:g}"
            wanted = names[0] if option.default is True else plain
            assert row[1] == wanted, names
        assert row[2] and row[3], f"{names}: a meaning in both languages"
