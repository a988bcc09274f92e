"""Exports on file systems (local, memory) and by a schedule; what a file name stands for."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from cchc.contracts import DeliveryKey
from cchc.errors import SourceError, TransientError
from cchc.extract import FsspecSource, LocalSource, ScheduledSource, open_source, retry, run_steps
from cchc.extract.base import delivery_of

DAY = date(2026, 11, 5)
FOLDER = "onestop-a/H50.103/2026-11-05"


# -- names -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("dossiers.csv", "dossiers"),
        ("dossiers.csv.gz", "dossiers"),
        ("feedback.jsonl", "feedback"),
        ("dossiers.xlsx", None),
        ("dossiers.csv.tmp", None),
        ("dossiers.csv.gz.gz", None),
        ("Dossiers.csv", None),
        ("dossiers", None),
        (".csv", None),
        ("dossiers.CSV", None),
        ("=dossiers;x.csv", None),
        ("..%2F..%2Fdossiers.csv", None),
        ("../dossiers.csv", None),
        ("dossiers.csv\n", None),
        ("payments.csv", None),
        ("dossiers .csv", None),
        ("đossiers.csv", None),
    ],
)
def test_only_the_names_of_the_contract_are_deliveries(name: str, dataset: str | None) -> None:
    key = delivery_of(name, "onestop-a", "H50.103", DAY, {"dossiers": "onecsv", "feedback": "jsonl"})
    assert key == (DeliveryKey("onestop-a", "H50.103", DAY, dataset) if dataset else None)


# -- fsspec ----------------------------------------------------------------


def make(fs: Any, root: str) -> None:
    for name, content in {"dossiers.csv": b"one", "dossiers.csv.tmp": b"x"}.items():
        fs.makedirs(f"{root}/{FOLDER}", exist_ok=True)
        with fs.open(f"{root}/{FOLDER}/{name}", "wb") as out:
            out.write(content)
    fs.makedirs(f"{root}/{FOLDER}/payments.csv", exist_ok=True)  # a folder, whatever its name


@pytest.mark.parametrize("kind", ["local", "memory"])
def test_a_folder_of_files(kind: str, tmp_path: Path) -> None:
    root = str(tmp_path) if kind == "local" else f"memory://{tmp_path.name}"
    fs, path = fsspec.core.url_to_fs(root)
    make(fs, path)
    source = open_source(root)
    assert isinstance(source, LocalSource if kind == "local" else FsspecSource)
    listed = source.folder("onestop-a", "H50.103", DAY)
    assert [(file.name, file.reason) for file in listed] == [
        ("dossiers.csv", None),
        ("dossiers.csv.tmp", None),
        ("payments.csv", "not_a_file"),
    ]
    assert [file.size for file in listed] == [3, 1, None]
    assert source.days("onestop-a", "H50.103") == [("2026-11-05", True)]
    assert b"".join(source.read(listed[0][1])) == b"one"
    assert isinstance(listed[0][3], datetime) and listed[0][3].tzinfo is None
    assert source.folder("onestop-a", "H50.103", date(2026, 11, 6)) == []
    assert source.folder("onestop-z", "H50.103", DAY) == []
    assert source.children("onestop-a") == ["H50.103"] and source.children("none") == []
    again = source.folder("onestop-a", "H50.103", DAY)
    assert not source.is_news(again[0][2], listed[0][2])
    with fs.open(f"{path}/{FOLDER}/dossiers.csv", "wb") as out:
        out.write(b"other")
    changed = open_source(root).folder("onestop-a", "H50.103", DAY)
    assert source.is_news(changed[0][2], listed[0][2])


def test_a_file_of_the_same_size_written_anew_is_news(tmp_path: Path) -> None:
    make(fsspec.filesystem("file"), str(tmp_path))
    before = LocalSource(str(tmp_path)).folder("onestop-a", "H50.103", DAY)[0]
    os.utime(tmp_path / FOLDER / "dossiers.csv", (1_790_000_000, 1_790_000_000))
    after = LocalSource(str(tmp_path)).folder("onestop-a", "H50.103", DAY)[0]
    assert before[2] != after[2]
    assert after[3] == datetime(2026, 9, 21, 21, 13, 20)  # UTC+7


def test_a_root_that_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        open_source(str(tmp_path / "none"))


def test_a_file_that_went_away(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        list(LocalSource(str(tmp_path)).read(str(tmp_path / "none.csv")))


class Shaky(MemoryFileSystem):
    """A file system whose first listings fail: what a flaky mount does."""

    protocol = "shaky"
    cachable = False
    failures = 0

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> Any:
        if type(self).failures > 0:
            type(self).failures -= 1
            raise OSError(5, "Input/output error")
        return super().ls(path, detail=detail, **kwargs)


@pytest.fixture
def shaky(monkeypatch: pytest.MonkeyPatch) -> FsspecSource:
    fsspec.register_implementation("shaky", Shaky, clobber=True)
    monkeypatch.setattr(FsspecSource.folder.retry, "wait", lambda state: 0)
    Shaky.failures = 0
    make(*fsspec.core.url_to_fs("shaky://shaky-root"))
    return FsspecSource("shaky://shaky-root")


def test_an_input_output_error_is_tried_again(shaky: FsspecSource) -> None:
    Shaky.failures = retry.ATTEMPTS - 1
    assert len(shaky.folder("onestop-a", "H50.103", DAY)) == 3
    Shaky.failures = retry.ATTEMPTS
    with pytest.raises(TransientError):
        shaky.folder("onestop-a", "H50.103", DAY)
    assert Shaky.failures == 0


def test_an_input_output_error_while_looking_for_unknown_folders(shaky: FsspecSource) -> None:
    Shaky.failures = 1
    with pytest.raises(TransientError):
        shaky.children("onestop-a")


# -- schedule --------------------------------------------------------------


def write_schedule(folder: Path, events: list[dict[str, Any]]) -> Path:
    for event in events:
        target = folder / event["from"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(event["from"])
    path = folder / "schedule.json"
    path.write_text(json.dumps({"events": events}))
    return path


def event(run_day: str, version: str, path: str = f"{FOLDER}/dossiers.csv") -> dict[str, Any]:
    return {"run_day": run_day, "path": path, "from": f"{version}/{path}", "revision": 1, "kind": "first"}


def shown(schedule: Path, step: str) -> str | None:
    source = ScheduledSource(schedule, step)
    listed = source.folder("onestop-a", "H50.103", DAY)
    return b"".join(source.read(listed[0][1])).decode().split("/")[0] if listed else None


def test_each_change_of_a_path_is_seen_even_two_on_one_day(tmp_path: Path) -> None:
    other = "onestop-a/H50.103/2026-11-05/feedback.jsonl"
    schedule = write_schedule(
        tmp_path,
        [
            event("2026-11-07", "v4"),
            event("2026-11-05", "v1"),
            event("2026-11-06", "v2"),
            event("2026-11-06", "w1", other),
            event("2026-11-06", "v3"),
        ],
    )
    steps = run_steps(schedule)
    assert [step.split("#")[0] for step in steps] == ["2026-11-05", "2026-11-06", "2026-11-06", "2026-11-07"]
    assert [shown(schedule, step) for step in steps] == ["v1", "v2", "v3", "v4"]
    assert shown(schedule, "2026-11-04#001") is None
    assert [len(ScheduledSource(schedule, s).folder("onestop-a", "H50.103", DAY)) for s in steps] == [1, 2, 2, 2]


def test_arrival_is_the_night_after_the_run_day(tmp_path: Path) -> None:
    schedule = write_schedule(tmp_path, [event("2026-11-30", "v1")])
    (listed,) = open_source("ignored", schedule, "2026-11-30#001").folder("onestop-a", "H50.103", DAY)
    assert listed[3] == datetime(2026, 12, 1, 0, 30)


def test_a_schedule_run_again_brings_nothing_back(tmp_path: Path) -> None:
    schedule = write_schedule(tmp_path, [event("2026-11-05", "v1"), event("2026-11-06", "v2")])
    first, second = (
        ScheduledSource(schedule, step).folder("onestop-a", "H50.103", DAY)[0][2] for step in run_steps(schedule)
    )
    source = ScheduledSource(schedule, "9999")
    assert source.is_news(first, None) and source.is_news(second, first)
    assert not source.is_news(first, second) and not source.is_news(second, second)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"events": [{"path": "a/b/c/d", "from": "x"}]}',
        '{"events": [{"run_day": "2026-11-05", "path": "a", "from": "x"}]}',
        '{"events": [{"run_day": "5/11/2026", "path": "a/b", "from": "x"}]}',
        '{"events": [{"run_day": "2026-11-05", "path": "a/b"}]}',
        '{"events": 5}',
    ],
)
def test_a_schedule_that_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "schedule.json"
    path.write_text(text)
    with pytest.raises(SourceError):
        run_steps(path)


def test_bytes_that_are_not_there(tmp_path: Path) -> None:
    schedule = write_schedule(tmp_path, [event("2026-11-05", "v1")])
    (tmp_path / "v1" / FOLDER / "dossiers.csv").unlink()
    (listed,) = ScheduledSource(schedule, "9999").folder("onestop-a", "H50.103", DAY)
    with pytest.raises(SourceError):
        list(ScheduledSource(schedule, "9999").read(listed[1]))
