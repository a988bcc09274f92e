"""Places: what a URL may say, that objects are put whole, and what a store's answers mean."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from cchc import shelf
from cchc.errors import CchcError, MachineError, PermanentError, TransientError
from cchc.settings import Settings
from cchc.shelf import Place
from cchc.surroundings import in_our_terms, of_store


@pytest.fixture(params=["folder", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return tmp_path / "shelf" if request.param == "folder" else shelf.place_of(f"memory://{uuid.uuid4().hex}/shelf")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("bucket/prefix", "no URL"),
        ("s3://key:secret@bucket/prefix", "credentials"),
        ("s3://bucket/prefix?key=secret", "credentials"),
        ("s3:///prefix", "no bucket"),
        ("file://folder", "file:///"),
        ("file:///", "file:///"),
    ],
)
def test_what_is_no_place_is_refused_without_repeating_it(url: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_STORE", url)
    with pytest.raises(PermanentError, match=said) as caught:
        Settings.from_env()
    assert "CCHC_STORE" in str(caught.value) and "secret" not in str(caught.value)


def test_editions_apart_lie_in_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_RELEASES", "s3://bucket/releases")
    with pytest.raises(PermanentError, match="CCHC_STORE"):
        Settings.from_env()


def test_a_store_that_nothing_here_speaks_to_is_named() -> None:
    with pytest.raises(PermanentError, match="nosuch://"):
        shelf.place_of("nosuch://bucket/prefix")


def test_a_folder_is_a_plain_path_and_needs_no_driver(tmp_path: Path) -> None:
    here = Settings(workdir=tmp_path / "var", exports="", store=f"file://{tmp_path}/a%20shelf")
    assert [type(each) for each in (here.landing, here.staged, here.quality, here.editions)] == [type(tmp_path)] * 4
    assert here.landing == tmp_path / "a shelf" / "landing"
    assert Settings(workdir=tmp_path, exports="").landing == tmp_path / "landing"
    assert (
        Settings(workdir=tmp_path, exports="", store="memory://b", releases=tmp_path / "r").editions == tmp_path / "r"
    )


def test_a_file_takes_its_place_when_it_is_complete(place: Place) -> None:
    target = place / "staged" / "a.parquet"
    with pytest.raises(ZeroDivisionError), shelf.whole(target) as part:
        part.write_bytes(b"half")
        raise ZeroDivisionError
    assert not target.exists()
    with shelf.whole(target) as part:
        part.write_bytes(b"first")
        assert not target.exists()
    with shelf.whole(target) as part, shelf.whole(target) as other:
        assert part != other
        part.write_bytes(b"one")
        other.write_bytes(b"other")
        assert target.read_bytes() == b"first"
    assert target.read_bytes() == b"one"  # what ended last
    assert [shelf.name_below(each, place) for each in (place / "staged").iterdir()] == ["staged/a.parquet"]


def test_files_are_at_hand_while_they_are_needed_and_gone_when_discarded(place: Place) -> None:
    names = ["a/x.parquet", "b/x.parquet"]
    for name in names:
        with shelf.whole(place / name) as part:
            part.write_text(name)
    with shelf.at_hand({"t": [place / name for name in names], "u": []}) as files:
        assert [path.read_text() for path in files["t"]] == names and files["u"] == []
        held = files["t"]
    assert all(path.exists() for path in held) == isinstance(place, Path)
    assert (held == [place / name for name in names]) == isinstance(place, Path)
    shelf.discard([place / names[0], place / "a" / "none"])
    assert not (place / names[0]).exists() and (place / names[1]).exists()


def test_folders_go_and_come_whole(tmp_path: Path) -> None:
    place = shelf.place_of(f"memory://{uuid.uuid4().hex}/shelf")
    assert not isinstance(place, Path)
    (tmp_path / "r1" / "pages").mkdir(parents=True)
    for name in ("manifest.json", "a.csv", "pages/b.html"):
        (tmp_path / "r1" / name).write_text(name)
    shelf.put_folder(tmp_path / "r1", place / "r1", last=["manifest.json"])
    assert shelf.below(place / "none") == {}
    found = shelf.below(place)
    assert [shelf.name_below(each, place) for each in found] == ["r1/a.csv", "r1/manifest.json", "r1/pages/b.html"]
    assert all(size == len(each.read_text().encode()) and changed > 1e9 for each, (size, changed) in found.items())
    times = {each.name: each.fs.info(each.path)["created"] for each in found}
    assert max(times, key=lambda name: times[name]) == "manifest.json"
    shelf.bring_folder(place / "r1", tmp_path / "back")
    assert (tmp_path / "back" / "pages" / "b.html").read_text() == "pages/b.html"


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("NoSuchBucket", PermanentError, "no such bucket"),
        ("SignatureDoesNotMatch", PermanentError, "AWS_ACCESS_KEY_ID"),
        ("ExpiredToken", PermanentError, "AWS_ACCESS_KEY_ID"),
        ("AccessDenied", PermanentError, "the right to list, read, write and delete"),
        ("403", PermanentError, "the right to list, read, write and delete"),
        ("SlowDown", TransientError, "busy"),
        ("503", TransientError, "busy"),
        ("RequestTimeTooSkewed", MachineError, "clock"),
        ("PermanentRedirect", PermanentError, "PermanentRedirect"),
    ],
)
def test_what_a_store_says_means_one_of_our_errors(code: str, kind: type[CchcError], said: str) -> None:
    answer = ClientError({"Error": {"Code": code, "Message": "as it says"}}, "PutObject")
    wrapped = PermissionError("as it says")
    wrapped.__cause__ = answer
    for error in (answer, wrapped):
        told = of_store(error, "s3://b/landing")
        assert type(told) is kind and said in str(told) and "s3://b/landing" in str(told)
        assert type(in_our_terms(error)) is kind


def test_the_way_to_a_store_is_told_of_too() -> None:
    far = of_store(EndpointConnectionError(endpoint_url="http://127.0.0.1:9"), "s3://b")
    assert isinstance(far, TransientError) and "AWS_ENDPOINT_URL" in str(far)
    unknown = of_store(NoCredentialsError(), "s3://b")
    assert isinstance(unknown, PermanentError) and "AWS_SECRET_ACCESS_KEY" in str(unknown)
    assert of_store(FileNotFoundError("a"), "s3://b") is None and of_store(ValueError("a"), "s3://b") is None
