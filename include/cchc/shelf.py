"""Where landing, staged rows, quality pages and editions lie: a folder, or an object store behind an fsspec URL.

A folder is a plain ``Path``, and nothing of this stands between its files and their readers. Anything else is a
``UPath``: objects are put whole (a reader sees all of one or none), brought to a folder of this machine before a
library reads them, and what is asked is asked for many of them at once. Credentials are the store's own affair (of
Amazon's, the usual variables, files and roles): they stand in no URL and in no setting.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from cchc.errors import PermanentError
from cchc.surroundings import of_store

if TYPE_CHECKING:
    from upath import UPath

Place: TypeAlias = "Path | UPath"

#: Nothing that was listed is believed a moment later, for others write too. One request for an object of any size, and
#: so many requests at once; a store that is not there is told within a minute.
_OPTIONS: dict[str, dict[str, Any]] = {
    "s3": {
        "max_concurrency": 1,
        "config_kwargs": {
            "max_pool_connections": 32,
            "connect_timeout": 10,
            "retries": {"mode": "standard", "max_attempts": 3},
        },
    }
}
_folders: dict[str, tempfile.TemporaryDirectory[str]] = {}


def checked(url: str, variable: str) -> str:
    """A URL that can name a place; ``PermanentError`` says what is wrong with it, without it: it may hold a secret."""
    parts = urlsplit(url)
    if "://" not in url or not parts.scheme:
        raise PermanentError(f"{variable} is no URL: s3://BUCKET/PREFIX, file:///FOLDER, or empty")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise PermanentError(
            f"{variable} names a place and nothing else: credentials and options have variables of their own (AWS_*)"
        )
    if parts.scheme == "file" and (parts.netloc or not parts.path.strip("/")):
        raise PermanentError(f"{variable}: a folder is written file:///FOLDER, from the root on")
    if parts.scheme != "file" and not parts.netloc:
        raise PermanentError(f"{variable} names no bucket: {parts.scheme}://BUCKET/PREFIX")
    return url.rstrip("/")


def place_of(url: str) -> Place:
    """The place of a URL; a folder's name is one too. Raises ``PermanentError`` where nothing here speaks to it."""
    scheme, is_url, rest = url.partition("://")
    if not is_url:
        return Path(url)
    if scheme == "file":
        return Path(unquote(rest))
    from upath import UPath

    try:
        place = UPath(url, use_listings_cache=False, **_OPTIONS.get(scheme, {}))
        assert place.fs is not None  # the driver is looked for when it is first asked for
    except (ValueError, ImportError) as error:
        raise PermanentError(f"{scheme}://: nothing here speaks to such a store ({error})") from error
    return place


def _own_folder(what: str) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix=f"cchc-{what}-")


@contextmanager
def told(place: Place) -> Iterator[None]:
    """Raise what the store says within as an error of ours that names the place and what to do."""
    try:
        yield
    except Exception as error:
        raise of_store(error, str(place)) or error from error


def name_below(place: Place, root: Place) -> str:
    """How a file is named as seen from the root, the same for a folder and a store."""
    if isinstance(place, Path) and isinstance(root, Path):
        return place.relative_to(root).as_posix()
    return str(place)[len(str(root)) :].lstrip("/")


def write(target: Place, content: bytes) -> None:
    """Put bytes there; in a store whole, over what was there."""
    if isinstance(target, Path):
        target.write_bytes(content)
        return
    with told(target):
        target.fs.pipe_file(target.path, content)


@contextmanager
def whole(target: Place) -> Iterator[Path]:
    """A file to write, which takes its place when it is complete: two writers of one name never mix."""
    with ExitStack() as stack:
        if isinstance(target, Path):
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f".{target.name}-{uuid4().hex}")
        else:
            part = Path(stack.enter_context(_own_folder("put"))) / target.name
        try:
            yield part
            if isinstance(target, Path):
                part.replace(target)
            else:
                with told(target):
                    target.fs.put_file(str(part), target.path)
        finally:
            part.unlink(missing_ok=True)


def contents(places: Sequence[UPath]) -> list[bytes | None]:
    """The bytes of several objects, fetched at once; None for one that is not there."""
    if not places:
        return []
    found: list[bytes | None] = []
    with told(places[0]):
        got = places[0].fs.cat([place.path for place in places], on_error="return")
        for place in places:
            content = got[place.path]
            if isinstance(content, Exception) and not isinstance(content, FileNotFoundError):
                raise content
            found.append(None if isinstance(content, Exception) else content)
    return found


@contextmanager
def at_hand(files: Mapping[str, Sequence[Place]]) -> Iterator[dict[str, list[Path]]]:
    """The same files as files of this machine: themselves, or copies that go with the block."""
    with ExitStack() as stack:
        far: dict[Place, Path] = {}
        for place in (each for places in files.values() for each in places):
            if not isinstance(place, Path):
                folder = next(iter(far.values())).parent if far else Path(stack.enter_context(_own_folder("get")))
                far[place] = folder / f"{len(far)}-{place.name}"
        bring(far)
        yield {
            name: [place if isinstance(place, Path) else far[place] for place in places]
            for name, places in files.items()
        }


def bring(files: Mapping[Place, Path]) -> None:
    """Copy files to others of this machine, from a store several at once. One that is not there ends it."""
    far: dict[UPath, Path] = {}
    for place, target in files.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(place, Path):
            shutil.copyfile(place, target)
        else:
            far[place] = target
    if far:
        some = next(iter(far))
        with told(some.parent):
            some.fs.get([place.path for place in far], [str(path) for path in far.values()])


def discard(files: Iterable[Place]) -> None:
    """Take files away; one that is gone is gone."""
    far = []
    for place in files:
        if isinstance(place, Path):
            place.unlink(missing_ok=True)
        else:
            far.append(place)
    for place in far:
        with told(place):
            try:
                place.fs.rm_file(place.path)
            except FileNotFoundError:
                continue


def below(folder: UPath) -> dict[UPath, tuple[int, float]]:
    """Every object below a prefix, with its size and the time of its last change (seconds since 1970)."""
    with told(folder):
        found = folder.fs.find(folder.path, detail=True)
    listed = {}
    for key, about in sorted(found.items()):
        changed = next((about[name] for name in ("LastModified", "mtime", "created") if name in about), 0)
        since = changed.timestamp() if isinstance(changed, datetime) else float(changed)
        listed[folder / key[len(folder.path) :].lstrip("/")] = (about["size"], since)
    return listed


def bring_folder(folder: UPath, target: Path) -> None:
    """Copy everything below a prefix into a folder of this machine."""
    bring({place: target / name_below(place, folder) for place in below(folder)})


def put_folder(source: Path, target: UPath, last: Sequence[str] = ()) -> None:
    """Put every file of a folder below a prefix; those named ``last`` when all others are there, in that order."""
    names = sorted(path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file())
    with told(target):
        for some in ([name for name in names if name not in last], *([name] for name in last if name in names)):
            if some:
                target.fs.put([str(source / name) for name in some], [(target / name).path for name in some])


def workplace(place: Place) -> Path:
    """A folder of this machine in which this process makes what belongs there; a far place has one until it ends."""
    if isinstance(place, Path):
        return place
    if str(place) not in _folders:
        _folders[str(place)] = _own_folder("make")
    return Path(_folders[str(place)].name)
