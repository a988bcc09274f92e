"""Real file modes after a small run: nobody else may read what cchc wrote, but the published files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from cchc.cli import options
from cchc.errors import PermanentError
from cchc.ledger import open_ledger
from cchc.modes import loose, open_up
from cchc.pipeline.run import ingest, sole_run
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.table_file import write_csv
from support.world import DAY, G2, g2_file, world


@pytest.fixture(autouse=True)
def generous() -> Iterator[None]:
    """A process as a login shell starts it: without our umask."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.slow
def test_a_run_leaves_nothing_that_others_may_read(tmp_path: Path, registry: Registry) -> None:
    made = world(tmp_path, registry)
    made.deliver(G2, g2_file(1, 2))
    loosened = made.settings.workdir / "landing"
    loosened.mkdir(parents=True)  # as an older version left it
    assert mode(loosened) == 0o755
    settings = options.settings(made.settings.workdir, made.settings.exports)
    with sole_run(settings):
        ingest(settings, registry, open_ledger(settings.ledger), DAY, DAY)
    write_csv(tmp_path / "out" / "ledger.csv", ["a"], [["b"]])
    places = [*settings.workdir.rglob("*"), *(tmp_path / "out").rglob("*")]
    names = {path.name for path in places}
    assert {"ledger.sqlite", "warehouse.duckdb", "index.html", "ledger.csv"} <= names
    assert any(path.parent.parent.name == "landing" for path in places)
    # what lies in a folder that nobody else may enter is out of reach
    closed = {path for path in places if path.is_dir() and not mode(path) & 0o077}
    readable = [str(path) for path in places if mode(path) & 0o077 and not closed & set(path.parents)]
    assert readable == [] and loose(settings) == []


def test_published_files_are_readable_as_the_setting_says_and_their_neighbours_are_not(tmp_path: Path) -> None:
    os.umask(0o077)
    for asked, of_file, of_folder, passing in (("0644", 0o644, 0o755, 0o711), ("0640", 0o640, 0o750, 0o711)):
        settings = Settings(workdir=tmp_path / "var", exports="", published_mode=int(asked, 8))
        edition = settings.editions / "m" / "H50" / "2026-09" / "r1"
        (edition / "pages").mkdir(parents=True, exist_ok=True)
        (edition / "pages" / "a.html").touch()
        (settings.editions / "other").mkdir(exist_ok=True)
        open_up(settings, settings.editions, edition)
        assert mode(edition / "pages" / "a.html") == of_file
        assert {mode(each) for each in (settings.editions, edition, edition / "pages")} == {of_folder}
        assert mode(settings.editions / "other") == 0o700
        assert mode(settings.workdir) == passing


@pytest.mark.parametrize("wrong", ["0666", "0755", "rw", "0044"])
def test_a_mode_that_makes_no_sense_is_refused(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_PUBLISHED_MODE", wrong)
    with pytest.raises(PermanentError, match="CCHC_PUBLISHED_MODE"):
        Settings.from_env()


def test_tightening_keeps_what_the_owner_may_do(tmp_path: Path) -> None:
    workdir = tmp_path / "var"
    (workdir / "quality").mkdir(parents=True)
    (workdir / "exports").mkdir()
    (workdir / "ledger.sqlite").write_text(datetime.now().isoformat())
    (workdir / "ledger.sqlite").chmod(0o664)
    options.settings(workdir)
    assert mode(workdir / "ledger.sqlite") == 0o600
    assert mode(workdir / "quality") == 0o700
    assert mode(workdir / "exports") == 0o755  # its writers are other systems
