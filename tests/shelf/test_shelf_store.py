"""An installation whose landing, staged rows and quality pages lie in an object store: the same rows, nothing lost."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from s3fs import S3FileSystem

from cchc import land, shelf
from cchc.backup import restore, take
from cchc.doctor import data, installation
from cchc.errors import PermanentError, TransientError
from cchc.pipeline import destroy as destroying
from cchc.pipeline import orders, tasks
from cchc.pipeline.run import ingest
from cchc.registry.open import Registry
from cchc.tidy import tidy
from support.store import new_bucket
from support.world import DAY, G2, World, g2_file, world

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("great_expectations")]

BROKEN = "mcdt-quangtri/H50.105/dossiers.json"
OTHER = "mcdt-quangtri/H50.106/dossiers.json"


def deliver(here: World) -> None:
    """Two sound files, one with rows that are held back and repeated, one that is refused."""
    here.deliver(G2, g2_file(1, 2, 2))
    other = json.loads(g2_file(3, 4, received_at=datetime(2099, 11, 5, 8)))
    here.deliver(OTHER, json.dumps(other | {"madonvi": "H50.106"}, ensure_ascii=False).encode())
    here.deliver(BROKEN, b"{")


def objects(url: str) -> set[str]:
    """What the store holds, as seen from the place."""
    place = shelf.place_of(url)
    assert not isinstance(place, Path)
    return {shelf.name_below(each, place) for each in shelf.below(place)}


def in_workdir(here: World) -> set[str]:
    """Names in the working folder, without what SQLite keeps beside its file while it is open."""
    return {path.name.removesuffix("-wal").removesuffix("-shm") for path in here.settings.workdir.iterdir()}


def of_tasks(here: World, patch: pytest.MonkeyPatch) -> None:
    """The environment in which an orchestrator's tasks find an installation."""
    for name in ("CCHC_REGISTRY", "CCHC_WAREHOUSE", "CCHC_LEDGER", "CCHC_FAIL_SHARE"):
        patch.delenv(name, raising=False)
    patch.setenv("CCHC_WORKDIR", str(here.settings.workdir))
    patch.setenv("CCHC_EXPORTS", here.settings.exports)
    patch.setenv("CCHC_STORE", here.settings.store)


@pytest.fixture
def here(tmp_path: Path, registry: Registry, store_url: str) -> World:
    return world(tmp_path / "far", registry, store=store_url, batch_files=1)


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> dict[str, list[tuple[Any, ...]]]:
    """What the same deliveries come to in a working folder."""
    near = world(tmp_path_factory.mktemp("near"), registry, batch_files=1)
    deliver(near)
    near.ingest()
    content = near.content()
    assert len(content["dossiers"]) == 2 and len(content["quarantine"]) == 2
    return content


def test_a_run_with_a_store_loads_the_same_and_leaves_nothing_in_the_working_folder(
    here: World, wanted: dict[str, list[tuple[Any, ...]]], store_url: str
) -> None:
    deliver(here)
    summary = ingest(here.settings, here.registry, here.ledger, DAY, DAY)
    assert here.content() == wanted
    found = objects(store_url)
    hashes = {row["sha256"] for row in here.ledger.find()}
    assert {name for name in found if name.startswith("landing/")} == {f"landing/{h[:2]}/{h}" for h in hashes}
    assert not {name for name in found if name.startswith("staged/")}
    assert {"quality/index.html", "quality/index-online.html"} <= found
    assert summary.quality is not None
    assert summary.quality.read_text(encoding="utf-8").count('href="validations/dossiers/') >= 2
    assert in_workdir(here) == {"ledger.sqlite", "warehouse.duckdb"}
    again = ingest(here.settings, here.registry, here.ledger, DAY, DAY, recheck=True)
    assert (again.new, again.results) == (0, []) and objects(store_url) == found
    here.ledger.reopen(DAY, DAY)
    assert len(ingest(here.settings, here.registry, here.ledger, DAY, DAY, look=False).results) == 3
    assert here.content() == wanted


def test_a_folder_named_as_a_url_is_no_different(
    tmp_path: Path, registry: Registry, wanted: dict[str, list[tuple[Any, ...]]]
) -> None:
    near = world(tmp_path, registry, store=f"file://{tmp_path}/shared", batch_files=1)
    deliver(near)
    near.collect()
    stale = near.settings.staged / "of-another-worker" / "dossiers-00000.parquet"
    assert isinstance(stale, Path)
    stale.parent.mkdir(parents=True)
    stale.touch()
    half = tmp_path / "shared" / "landing" / ".incoming-of-another-worker"
    half.touch()
    ingest(near.settings, registry, near.ledger, DAY, DAY)
    assert near.content() == wanted
    assert {path.name for path in (tmp_path / "shared").iterdir()} == {"landing", "staged", "quality"}
    assert in_workdir(near) == {"ledger.sqlite", "warehouse.duckdb"}
    assert stale.exists() and half.exists()  # others may be working there


def test_two_workers_that_judge_the_same_batches_at_once_lose_and_double_nothing(
    here: World,
    wanted: dict[str, list[tuple[Any, ...]]],
    monkeypatch: pytest.MonkeyPatch,
    store_url: str,
    tmp_path: Path,
) -> None:
    deliver(here)
    of_tasks(here, monkeypatch)
    monkeypatch.setenv("CCHC_BATCH_FILES", "1")
    monkeypatch.setenv("CCHC_LEDGER", f"sqlite:///{here.settings.ledger}")  # as on a server: elsewhere, and one for all
    days = (DAY.isoformat(), DAY.isoformat())
    collected = [tasks.collect_units(part) for part in tasks.plan_collect(*days)]
    (part,) = planned = json.loads(json.dumps(tasks.plan_judge()))
    worker, loader = tmp_path / "worker", replace(here.settings, workdir=tmp_path / "loader")
    monkeypatch.setenv("CCHC_WORKDIR", str(worker))
    with ThreadPoolExecutor(2) as workers:
        judged = json.loads(json.dumps([*workers.map(tasks.judge, [part, part])]))
    assert judged[0]["files"] == judged[1]["files"]
    assert not worker.exists()  # nothing of it stays with who judged
    assert {f"staged/{name}" for names in judged[0]["files"].values() for name in names} <= objects(store_url)
    monkeypatch.setenv("CCHC_WORKDIR", str(loader.workdir))
    loaded = tasks.load_all(judged)
    orders.check(tasks.plan_collect(*days), collected, planned, loaded)
    there = World(loader, here.registry)
    assert there.content() == wanted
    assert {path.name for path in loader.workdir.iterdir()} == {"warehouse.duckdb"}
    assert not {name for name in objects(store_url) if name.startswith("staged/")}
    assert tasks.load_all(judged)["files_accepted"] == loaded["files_accepted"]  # heard of twice
    assert there.content() == wanted


#: Judges one batch after the other and stops for ever before the second one's rows are put.
JUDGE_AND_HANG = """
import contextlib, sys, time
from cchc.pipeline import tasks
from cchc.validate import split

put = []
whole = split.whole

@contextlib.contextmanager
def hang(target):
    with whole(target) as part:
        yield part
        if put:
            print("hangs", flush=True)
            time.sleep(600)
        put.append(target)

split.whole = hang
tasks.judge(tasks.plan_judge()[0])
"""


def test_a_worker_killed_in_the_middle_of_judging_costs_nothing(
    here: World, wanted: dict[str, list[tuple[Any, ...]]], monkeypatch: pytest.MonkeyPatch, store_url: str
) -> None:
    deliver(here)
    here.collect()
    of_tasks(here, monkeypatch)
    monkeypatch.setenv("CCHC_BATCH_FILES", "1")
    monkeypatch.setenv("CCHC_JUDGE_WORKERS", "1")
    with subprocess.Popen([sys.executable, "-c", JUDGE_AND_HANG], stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None and worker.stdout.readline() == "hangs\n"
        worker.send_signal(signal.SIGKILL)
    left = {name for name in objects(store_url) if name.startswith("staged/")}
    assert len(left) == 1  # whole, and of no run that is known
    parts = tasks.plan_judge()
    tasks.load_all([tasks.judge(part) for part in parts])
    assert here.content() == wanted
    assert {name for name in objects(store_url) if name.startswith("staged/")} == left
    (staged, _, _) = tidy(replace(here.settings, keep_staged_days=-1), dry_run=True, busy=False)
    assert staged.files == 1 and {name for name in objects(store_url) if name.startswith("staged/")} == left
    tidy(replace(here.settings, keep_staged_days=-1), dry_run=False, busy=True)
    assert {name for name in objects(store_url) if name.startswith("staged/")} == left
    tidy(replace(here.settings, keep_staged_days=-1), dry_run=False, busy=False)
    assert not {name for name in objects(store_url) if name.startswith("staged/")}


def test_landed_bytes_are_whole_the_same_and_checked_against_their_name(store_url: str, tmp_path: Path) -> None:
    landing = shelf.place_of(store_url) / "landing"
    assert not isinstance(landing, Path)
    small, large = b"one", [b"a" * 1_000_000] * 3
    for _ in range(2):
        assert land.store(landing, [small]).sha256 == hashlib.sha256(small).hexdigest()
        assert land.store(landing, large).size_bytes == 3_000_000
    assert land.store(landing, [b""]).size_bytes == 0
    names = {hashlib.sha256(content).hexdigest(): len(content) for content in (small, b"".join(large), b"")}

    def broken() -> Iterator[bytes]:
        yield from large
        raise TransientError("the source went away")

    with pytest.raises(TransientError):
        land.store(landing, broken())
    unwanted = hashlib.sha256(b"destroyed").hexdigest()
    assert land.store(landing, [b"destroyed"], {unwanted}).sha256 == unwanted
    assert {each.name for each in shelf.below(landing)} == names.keys() == land.there(landing, {*names, unwanted})
    brought = land.bring(landing, {**names, unwanted: 9}, most=1_000_000)
    assert {name: blob.content for name, blob in brought.items() if not isinstance(blob, Path)} == {
        hashlib.sha256(small).hexdigest(): small,
        hashlib.sha256(b"".join(large)).hexdigest(): b"",  # larger than any reader takes
        hashlib.sha256(b"").hexdigest(): b"",
    }
    shelf.write(land.blob_path(landing, hashlib.sha256(small).hexdigest()), b"another")
    assert hashlib.sha256(small).hexdigest() not in land.bring(landing, names, most=9)


def test_destroying_by_law_leaves_no_version(
    tmp_path: Path, registry: Registry, store_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_bucket(store_server, monkeypatch, Status="Enabled")
    here = world(tmp_path, registry, store=url)
    deliver(here)
    here.ingest()
    landing = here.settings.landing
    gone, stays = (here.ledger.find(path=f"{path.rsplit('/', 1)[0]}/{DAY}/dossiers.json")[0]["sha256"]
                   for path in (G2, OTHER))  # fmt: skip
    fs: Any = landing.fs  # type: ignore[union-attr]
    target = land.blob_path(landing, gone)
    fs.pipe_file(target.path, target.read_bytes())  # type: ignore[union-attr]
    fs.call_s3("delete_object", Bucket=url.split("/")[2], Key=fs.split_path(str(target))[1])  # by hand: it is hidden

    def versions(name: str) -> int:
        bucket, key, _ = fs.split_path(str(land.blob_path(landing, name)))
        listed = fs.call_s3("list_object_versions", Bucket=bucket, Prefix=key)
        return len(listed.get("Versions", [])) + len(listed.get("DeleteMarkers", []))

    assert versions(gone) == 3 and versions(stays) == 1
    done = destroying.destroy(here.settings, here.ledger, destroying.Choice(sha256=(gone,)), "Điều 14", "Duyệt")
    assert [each.sha256 for each in done] == [gone] and versions(gone) == 0 and versions(stays) == 1
    assert destroying.finish(here.settings, here.ledger) == 0
    shelf.write(target, b"a backup put in its place")
    with pytest.raises(Exception, match="to be destroyed by law"):
        data.landing(here.settings)
    assert destroying.finish(here.settings, here.ledger) == 1 and versions(gone) == 0
    assert data.landing(here.settings) == "2 files, 1 destroyed by law"


def test_files_whose_objects_are_gone_wait_and_are_told_of(here: World) -> None:
    deliver(here)
    here.collect()
    (lost,) = here.ledger.find(path=f"mcdt-quangtri/H50.106/{DAY}/dossiers.json")
    shelf.discard([land.blob_path(here.settings.landing, lost["sha256"])])
    with pytest.raises(PermanentError, match=f"{here.settings.landing} holds no {lost['sha256']}"):
        here.judge()
    with pytest.raises(Exception, match="1 landed files are gone"):
        data.landing(here.settings)


def test_a_backup_of_a_store_is_put_back_into_another_or_into_a_folder(
    here: World,
    wanted: dict[str, list[tuple[Any, ...]]],
    store_server: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deliver(here)
    here.ingest()
    shelf.write(here.settings.editions / "m" / "H50" / "2026-09" / "r1" / "manifest.json", b"{}")
    take(here.settings, tmp_path / "copy")
    for store in (new_bucket(store_server, monkeypatch), ""):
        back = World(replace(here.settings, workdir=tmp_path / f"back{bool(store)}", store=store), here.registry)
        restore(back.settings, tmp_path / "copy")
        assert back.content() == wanted
        back.ledger.reopen(DAY, DAY)
        back.load(back.judge())
        assert back.content() == wanted
        assert (back.settings.editions / "m" / "H50" / "2026-09" / "r1" / "manifest.json").read_bytes() == b"{}"
        if store:
            elsewhere = replace(back.settings, workdir=tmp_path / "third")
            with pytest.raises(PermanentError, match="not empty"):
                restore(elsewhere, tmp_path / "copy")


def test_the_doctor_says_whether_the_store_takes_gives_and_deletes(
    here: World, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert installation.store(here.settings) == f"{store_url}: written, read and deleted"
    assert objects(store_url) == set()
    assert installation.store(replace(here.settings, store="")) == "in the working folder"
    with pytest.raises(PermanentError, match="no such bucket"):
        installation.store(replace(here.settings, store="s3://not-there/cchc"))
    with pytest.raises(PermanentError, match="no such bucket"):
        land.store(shelf.place_of("s3://not-there/cchc/landing"), [b"x"])
    try:
        for name, value, kind, said in (
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:9", TransientError, "AWS_ENDPOINT_URL"),
            ("AWS_ACCESS_KEY_ID", None, PermanentError, "AWS_SECRET_ACCESS_KEY"),
        ):
            S3FileSystem.clear_instance_cache()
            with monkeypatch.context() as patch:
                patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
                patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
                patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
                patch.delenv(name) if value is None else patch.setenv(name, value)
                with pytest.raises(kind, match=said):
                    installation.store(here.settings)
    finally:
        S3FileSystem.clear_instance_cache()
