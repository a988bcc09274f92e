"""From exports to an approved edition with everything in an object store, beside the same in a working folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from cchc import shelf
from cchc.cli import app
from cchc.editions import Edition, approve, editions_of, write_editions
from cchc.pipeline.publishing import approved, publish_report
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.shelf import Place
from cchc.verify import verify
from support.office import UNITS, deliver, run
from support.store import new_bucket
from support.world import World, world

pytestmark = pytest.mark.slow
PERIOD = "2026-09"


@dataclass
class Office:
    """An installation that went all the way. ``draft``: names in the folder of the edition before it was approved."""

    here: World
    draft: set[str]
    edition: Edition
    pages: list[Path]


def walk(here: World) -> Office:
    """Deliver, build, draft twice, approve, publish."""
    for unit, late in zip(UNITS, (0, 1, 2), strict=True):
        deliver(here, unit, date(2026, 9, 15), 10, late)
        deliver(here, unit, date(2026, 10, 20), 10, late)
    run(here)
    releases = here.settings.editions
    (first,) = write_editions(here.settings, here.registry, PERIOD, releases)
    shelf.write(first.folder / "stray.csv", b"of an older draft")
    (draft,) = write_editions(here.settings, here.registry, PERIOD, releases)
    names = set(content(draft.folder))
    (edition,) = approve(here.settings, releases, PERIOD, "Nguyễn Thị Duyệt")
    assert write_editions(here.settings, here.registry, PERIOD, releases) == [edition]
    return Office(here, names, edition, publish_report(here.settings))


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Office:
    return walk(world(tmp_path_factory.mktemp("near"), registry))


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory, registry: Registry, store_server: str) -> Iterator[Office]:
    with pytest.MonkeyPatch.context() as patch:
        yield walk(world(tmp_path_factory.mktemp("far"), registry, store=new_bucket(store_server, patch)))


def content(folder: Place) -> dict[str, bytes]:
    files: list[Place] = [*folder.rglob("*")]
    return {shelf.name_below(path, folder): path.read_bytes() for path in files if path.is_file()}


def served(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Every relation that readers see, without when it was built and when a file arrived."""
    with duckdb.connect(str(settings.served_path), read_only=True) as connection:
        names = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        found = {}
        for name in names:
            rows = connection.execute(f"select * from {name}")
            keep = [n for n, column in enumerate(rows.description or []) if column[0] != "first_readable_at"]
            found[name] = sorted([tuple(row[n] for n in keep) for row in rows.fetchall()], key=repr)
        del found["build_v1"]
        return found


def test_the_warehouse_is_equal(near: Office, far: Office) -> None:
    assert near.here.content() == far.here.content()
    here, there = served(near.here.settings), served(far.here.settings)
    assert here.keys() == there.keys() and len(here) > 20
    for name, rows in here.items():
        assert rows == there[name], name


def test_an_edition_has_the_same_bytes_and_verifies_where_it_lies(near: Office, far: Office) -> None:
    wanted, found = content(near.edition.folder), content(far.edition.folder)
    for of in (wanted, found):
        of.pop("approval.json")  # says when
    assert far.draft == found.keys() == wanted.keys() == near.draft  # nothing of the older draft
    assert found == wanted
    assert editions_of(far.edition.folder.parent) == [far.edition] and far.edition.approval is not None
    settings = far.here.settings
    assert verify(far.edition.folder, settings.landing) == []
    place, landing = str(far.edition.folder), str(settings.landing)
    said = CliRunner().invoke(app, ["verify", place, "--landing", landing, "--workdir", str(settings.workdir)])
    assert said.exit_code == 0 and "All that could be checked holds" in said.output, said.output


def test_pages_call_it_final_and_nothing_else_lies_in_the_working_folder(near: Office, far: Office) -> None:
    (final,) = approved(far.here.settings)
    assert (final.period, final.name, final.approved_by) == (PERIOD, "r1", "Nguyễn Thị Duyệt")
    names = {path.name for path in far.here.settings.workdir.iterdir() if not path.name.startswith("ledger.sqlite-")}
    assert not names & {"landing", "staged", "quality", "releases"}
    assert names < {path.name for path in near.here.settings.workdir.iterdir()}
    assert [path.name for path in far.pages] == [path.name for path in near.pages]


def test_an_edition_that_was_touched_is_not_called_final(far: Office) -> None:
    table = far.edition.folder / "ranking.csv"
    before = table.read_bytes()
    shelf.write(table, before + b"\n")
    assert approved(far.here.settings) == []
    shelf.write(table, before)
    assert len(approved(far.here.settings)) == 1
