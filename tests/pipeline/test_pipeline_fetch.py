"""One look at the folders of a unit: each file at its own risk, nothing passed over, nothing taken half."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from cchc.contracts import DeliveryKey
from cchc.deliveries import FetchReason, StrayReason, board
from cchc.errors import PermanentError, SourceError, TransientError
from cchc.extract import LocalSource
from cchc.land import blob_path
from cchc.pipeline.collect import LOOK_BACK
from cchc.pipeline.collect import collect as look
from cchc.pipeline.fetch import fetch_whole
from cchc.pipeline.share import Share
from cchc.registry.open import Registry
from support.rights import bound_to_rights
from support.world import DAY, G2, World, g2_file, world

UNIT = "mcdt-quangtri/H50.101"
NEXT = DAY + timedelta(days=1)
STAMP = (1_793_000_000, 1_793_000_000)


@pytest.fixture
def here(tmp_path: Path, registry: Registry) -> World:
    return world(tmp_path, registry)


def link(path: Path) -> None:
    path.symlink_to("nowhere.json")


def circle(path: Path) -> None:
    path.symlink_to(path.name)


def locked(path: Path) -> None:
    path.write_bytes(g2_file(1))
    path.chmod(0)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (link, FetchReason.NOT_A_FILE),
        (circle, FetchReason.NOT_A_FILE),
        (os.mkfifo, FetchReason.NOT_A_FILE),
        (Path.mkdir, FetchReason.NOT_A_FILE),
        (locked, FetchReason.NO_PERMISSION),
    ],
)
def test_one_file_that_cannot_be_fetched_costs_itself(
    make: Callable[[Path], None], reason: FetchReason, here: World
) -> None:
    path = here.deliver(G2, b"")
    path.unlink()
    make(path)
    here.deliver(G2, g2_file(2), NEXT)
    here.deliver("mcdt-quangtri/H50.105/dossiers.json", g2_file(3))
    with bound_to_rights():
        seen = here.collect(DAY, NEXT)
    assert (seen.new, seen.unfetched) == (2, 1)
    (unit,) = seen.failed
    assert unit[:2] == ("mcdt-quangtri", "H50.101") and str(path) in unit[2]
    (row,) = here.ledger.unfetched(DAY, NEXT)
    assert (row["path"], row["reason"]) == (f"{UNIT}/{DAY}/dossiers.json", reason)
    squares = {(s.export_date, s.unit): s for s in board(here.registry, here.ledger, DAY, NEXT, "mcdt-quangtri")}
    assert squares[DAY, "H50.101"].note == f"not fetched: {reason}"
    path.rmdir() if make is Path.mkdir else path.unlink()
    here.deliver(G2, g2_file(1))
    assert here.collect(DAY, NEXT).new == 1
    assert here.ledger.unfetched(DAY, NEXT) == []


@pytest.mark.parametrize("level", ["day", "unit"])
def test_a_folder_without_rights_costs_itself(level: str, here: World) -> None:
    day = here.deliver(G2, g2_file(1)).parent
    here.deliver(G2, g2_file(2), NEXT)
    here.deliver("mcdt-quangtri/H50.105/dossiers.json", g2_file(3))
    folder = day if level == "day" else day.parent
    folder.chmod(0)
    try:
        with bound_to_rights():
            seen = here.collect(DAY, NEXT)
    finally:
        folder.chmod(0o755)
    assert seen.new == (2 if level == "day" else 1)
    lost = here.ledger.unfetched(DAY, NEXT)
    assert [(row["unit"], row["export_date"]) for row in lost] == [("H50.101", DAY), ("H50.101", NEXT)][: len(lost)]
    assert len(lost) == (1 if level == "day" else 2) and {row["reason"] for row in lost} == {"no_permission"}
    assert here.collect(DAY, NEXT).new == 3 - seen.new


def test_a_failure_keeps_its_first_moment_and_other_ranges_keep_theirs(here: World) -> None:
    path = here.deliver(G2, b"")
    path.unlink()
    link(path)
    here.collect(DAY, NEXT)
    (first,) = here.ledger.unfetched(DAY, NEXT)
    here.collect(NEXT, NEXT)
    here.collect(DAY, DAY)
    (again,) = here.ledger.unfetched(DAY, NEXT)
    assert again["first_failed_at"] == first["first_failed_at"] < again["last_failed_at"]


def test_units_of_which_a_file_failed_count_towards_the_share() -> None:
    failed = [("s", "a", "x"), ("s", "b", "y")]
    Share(4, failed, 0, 0, None).check(0.5)
    with pytest.raises(Exception, match="s/a"):
        Share(3, failed, 0, 0, None).check(0.5)


def test_other_bytes_of_the_same_size_and_time_are_a_revision(here: World) -> None:
    path = here.deliver(G2, g2_file(1))
    os.utime(path, STAMP)
    assert here.collect().new == 1
    path.write_bytes(g2_file(2))
    os.utime(path, STAMP)
    assert path.stat().st_size == len(g2_file(1))
    assert here.collect().new == 1
    assert [row["revision"] for row in here.ledger.find()] == [1, 2]
    assert (here.collect().new, here.ledger.find()[1]["repeats"]) == (0, 0)


def test_before_the_look_back_it_takes_a_recheck(here: World) -> None:
    path = here.deliver(G2, g2_file(1))
    os.utime(path, STAMP)
    last = DAY + timedelta(days=LOOK_BACK)
    assert here.collect(DAY, last).new == 1
    path.write_bytes(g2_file(2))
    os.utime(path, STAMP)
    assert here.collect(DAY, last).new == 0
    assert look(here.settings, here.registry, here.ledger, DAY, last, recheck=True).new == 1
    again = look(here.settings, here.registry, here.ledger, DAY, last, recheck=True)
    assert (again.new, again.repeats) == (0, 0)


def test_of_two_names_the_newer_counts_and_it_is_said(here: World) -> None:
    import gzip

    old = here.deliver(f"{UNIT}/dossiers.json.gz", gzip.compress(g2_file(1, 2)))
    os.utime(old, STAMP)
    new = here.deliver(G2, g2_file(1))
    os.utime(new, (STAMP[0] + 60, STAMP[1] + 60))
    assert here.collect().new == 1
    (row,) = here.ledger.find()
    assert (row["path"], row["warnings"]) == (f"{UNIT}/{DAY}/dossiers.json", "two_names")
    os.utime(old, (STAMP[0] + 120, STAMP[1] + 120))  # now the other one is newer
    assert here.collect().new == 1
    assert here.ledger.find()[1]["path"].endswith(".gz")


def test_two_names_of_one_time_are_said_too_also_when_the_second_comes_later(here: World) -> None:
    os.utime(here.deliver(G2, g2_file(1)), STAMP)
    assert here.collect().new == 1 and here.ledger.find()[0]["warnings"] == ""
    os.utime(here.deliver(f"{UNIT}/dossiers.json.gz", b"anything"), STAMP)
    assert here.collect().new == 0
    assert here.ledger.find()[0]["warnings"] == "two_names,two_names_of_one_time"


def test_names_that_are_nearly_right_are_strays_with_their_likely_meaning(here: World) -> None:
    here.deliver(G2, g2_file(1))
    unit = Path(here.settings.exports) / UNIT
    for folder in ("20261105", "05-11-2026", "Nguyễn Văn An"):
        (unit / folder).mkdir()
        (unit / folder / "dossiers.json").write_bytes(g2_file(9))
    for name in ("dossiers (1).json", "Hồ sơ.xlsx", "Trần Thị B 0912345678.json", "dossiers.json.part"):
        (unit / str(DAY) / name).write_bytes(b"{}")
    (unit / "dossiers.json").write_bytes(g2_file(8))
    (unit.parent / "h50_102").mkdir()
    seen = here.collect()
    assert (seen.new, seen.unfetched) == (1, 0)
    found = {row["path"].split("/", 1)[1]: (row["reason"], row["likely"]) for row in here.ledger.strays()}
    day, name = StrayReason.UNKNOWN_DAY_FOLDER, StrayReason.UNKNOWN_FILE_NAME
    assert found["H50.101/20261105"] == (day, f"{DAY}/") == found["H50.101/05-11-2026"]
    assert found["H50.101/aaaaaa aaa aa"] == (day, "")
    assert found["H50.101/dossiers.json"] == (StrayReason.NO_DAY_FOLDER, "dossiers.json")
    inside = f"H50.101/{DAY}/"
    assert found[f"{inside}dossiers (1).json"] == (name, f"{DAY}/dossiers.json")
    assert found[f"{inside}dossiers.json.part"] == (name, f"{DAY}/dossiers.json")
    assert found[f"{inside}aaaa aaa a dddddddddd.json"] == (name, "")
    assert not any("Nguy" in path or "0912" in path for path in found)
    assert here.collect().strays == 0  # each is reported once


class Growing(LocalSource):
    """A folder in which somebody still writes while it is read: so many times, then no more."""

    writes = 0

    def read(self, location: str) -> Iterator[bytes]:
        yield from super().read(location)
        if self.writes:
            self.writes -= 1
            with Path(location).open("ab") as stream:
                stream.write(b"more")


@pytest.mark.parametrize(("writes", "content"), [(0, b"one"), (1, b"onemore"), (2, None)])
def test_a_file_that_grows_is_fetched_whole_or_left(writes: int, content: bytes | None, tmp_path: Path) -> None:
    folder = tmp_path / "root" / UNIT / str(DAY)
    folder.mkdir(parents=True)
    (folder / "dossiers.json").write_bytes(b"one")
    source = Growing(str(tmp_path / "root"))
    (listed,) = source.folder(*UNIT.split("/"), DAY)
    source.writes = writes
    landing = tmp_path / "landing"
    if content is None:
        with pytest.raises(TransientError, match="changes while it is fetched") as caught:
            fetch_whole(source, listed, landing)
        assert caught.value.reason == FetchReason.CHANGING
        assert [path for path in landing.rglob("*") if path.is_file()] == []
        return
    landed, now = fetch_whole(source, listed, landing)
    assert blob_path(landing, landed.sha256).read_bytes() == content and now.size == len(content)


def test_a_root_that_is_empty_all_at_once_is_not_believed(here: World) -> None:
    path = here.deliver(G2, g2_file(1))
    here.collect()
    root = Path(here.settings.exports)
    path.unlink()
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        folder.rmdir()
    with pytest.raises(SourceError, match="is its disk mounted"):
        here.collect()
    root.rmdir()
    with pytest.raises(SourceError, match="no folder"):
        here.collect()
    assert len(here.ledger.find()) == 1


@pytest.mark.xdist_group("great_expectations")
@pytest.mark.parametrize("name", ["Xã Ea H'leo (sao lưu)", "50% a+b#c", 'two\nlines "x"', "[a] {b} *"])
def test_folders_of_any_name(name: str, tmp_path: Path, registry: Registry) -> None:
    here = world(tmp_path / name, registry)
    here.deliver(G2, g2_file(1, 2))
    (result,) = here.ingest()
    assert (result.outcome, result.rows_accepted) == ("accepted", 2)
    assert here.rows("select count(*) from raw.dossiers") == [(2,)]
    assert (here.settings.workdir / "ledger.sqlite").is_file()
    key = DeliveryKey("mcdt-quangtri", "H50.101", date(2026, 11, 5), "dossiers")
    assert [row["unit"] for row in here.ledger.find()] == [key.unit]


def test_a_folder_that_the_warehouse_cannot_work_in_is_told(tmp_path: Path, registry: Registry) -> None:
    here = world(tmp_path / "what?", registry)
    with pytest.raises(PermanentError, match=r"with \? in its name; rename"):
        here.rows("select 1")


def test_links_that_lead_nowhere_cost_themselves(here: World) -> None:
    unit = here.deliver(G2, g2_file(1), NEXT).parent.parent
    (unit / str(DAY)).mkdir()
    link(unit / str(DAY) / "dossiers.json")
    circle(unit / str(DAY) / "dossiers.json.gz")
    before = DAY - timedelta(days=1)
    circle(unit / str(before))
    link(unit.parent / "H50.105")
    seen = here.collect(before, NEXT)
    assert seen.new == 1
    lost = {
        (row["unit"], row["export_date"], row["path"].rpartition("/")[2]) for row in here.ledger.unfetched(before, NEXT)
    }
    assert lost == {
        ("H50.101", DAY, "dossiers.json"),
        ("H50.101", DAY, "dossiers.json.gz"),
        ("H50.101", before, ""),
        *(("H50.105", day, "") for day in (before, DAY, NEXT)),
    }
