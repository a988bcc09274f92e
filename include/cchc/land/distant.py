"""The landing zone in an object store: one object a set of bytes, named by its hash, put whole.

Two that land the same bytes put the same object. Nothing of it touches a disk of this machine under a name.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any

from cchc.contracts import Brought
from cchc.shelf import contents, told

if TYPE_CHECKING:
    from upath import UPath

log = logging.getLogger("cchc.land")
_AT_ONCE = 16


def store(landing: UPath, chunks: Iterable[bytes], unwanted: Collection[str], digest: hashlib._Hash) -> tuple[str, int]:
    """Put a stream as one object, unless it is there; returns its hash and size. See ``cchc.land.store``."""
    stream = iter(chunks)
    first = next(stream, b"")
    digest.update(first)
    second = next(stream, None)
    if second is None:
        _put(landing, digest.hexdigest(), first, unwanted)
        return digest.hexdigest(), len(first)
    size = len(first)
    with tempfile.TemporaryFile() as part:  # without a name: it goes by itself with a process that is killed
        part.write(first)
        for chunk in chain((second,), stream):
            digest.update(chunk)
            size += len(chunk)
            part.write(chunk)
        part.flush()
        _put(landing, digest.hexdigest(), f"/proc/self/fd/{part.fileno()}", unwanted)
    return digest.hexdigest(), size


def _put(landing: UPath, name: str, what: bytes | str, unwanted: Collection[str]) -> None:
    """Bytes, or the file that holds them, under their name."""
    if name in unwanted:
        return
    target = landing / name[:2] / name
    put: Any = target.fs.pipe_file if isinstance(what, bytes) else target.fs.put_file
    arguments = (target.path, what) if isinstance(what, bytes) else (what, target.path)
    with told(target):
        try:
            put(*arguments, mode="create")
        except FileExistsError:
            log.debug("%s: here already", name[:12])
            return
        except OSError:  # a store that knows no such condition, or somebody puts the same bytes now
            put(*arguments)
    log.debug("%s: new", name[:12])


def there(landing: UPath, names: Collection[str]) -> set[str]:
    """Those of some hashes that are there, by listing the prefixes in which they would lie."""
    wanted = set(names)

    def listed(prefix: str) -> set[str]:
        folder = landing / prefix
        with told(folder):
            return {key.rsplit("/", 1)[-1] for key in folder.fs.find(folder.path)} & wanted

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return set().union(*pool.map(listed, sorted({name[:2] for name in wanted})))


def bring(landing: UPath, sizes: Mapping[str, int], most: int) -> dict[str, Brought]:
    """The bytes of those that are there, checked against their name. See ``cchc.land.bring``."""
    wanted = [name for name, size in sizes.items() if size <= most]
    brought = {name: Brought(size, b"") for name, size in sizes.items() if size > most}
    for name, content in zip(wanted, contents([landing / name[:2] / name for name in wanted]), strict=True):
        if content is None:
            continue
        if hashlib.sha256(content).hexdigest() != name:
            log.error("%s is not what its name says: put a backup's in its place", landing / name[:2] / name)
            continue
        brought[name] = Brought(len(content), content)
    return brought


def destroy(landing: UPath, name: str) -> bool:
    """Every version of an object goes, the newest last: what was interrupted is seen to be there still.

    Raises ``PermanentError`` where the credentials may not list or delete versions.
    """
    target = landing / name[:2] / name
    with told(target):
        if target.protocol == "s3":
            return _destroy_versions(target)
        try:
            target.fs.rm_file(target.path)
        except FileNotFoundError:
            return False
    return True


def _destroy_versions(target: UPath) -> bool:
    fs: Any = target.fs
    bucket, key, _ = fs.split_path(target.path)
    listed = fs.call_s3("list_object_versions", Bucket=bucket, Prefix=key)
    versions = [each for each in listed.get("Versions", []) if each["Key"] == key]
    marks = [each for each in listed.get("DeleteMarkers", []) if each["Key"] == key]
    for each in sorted(marks + versions, key=lambda each: bool(each["IsLatest"])):
        fs.call_s3("delete_object", Bucket=bucket, Key=key, VersionId=each["VersionId"])
    if versions:
        log.debug("%s: destroyed", target.name[:12])
    return bool(versions)
