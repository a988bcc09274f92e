"""The JSON classes that the Iceberg runtime of a wheel lacks.

``snowpark-connect-deps-iceberg`` packs the Iceberg runtime without the Jackson that it refers to by another package
name (``org.apache.iceberg.shaded.com.fasterxml.jackson``). Spark brings Jackson under its own name; here its classes
are written again under the other one. A class names packages only in the texts of its constant pool (JVM specification,
4.4), so that rewriting these texts is all there is to moving it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

SHADE = "org.apache.iceberg.shaded."
MOVED = "com.fasterxml.jackson"
#: Jars of Spark that hold the classes in question: ``<name>-<version>.jar``.
JARS = ("jackson-annotations", "jackson-core", "jackson-databind")

_TEXT = 1
#: Bytes that follow the tag of every other constant.
_FOLLOW = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
#: long and double count as two constants.
_DOUBLE = (5, 6)


def write_shaded(jars: Path, out: Path) -> None:
    """Write the moved classes of the jars in a folder; whole or not at all."""
    fresh = out.with_suffix(".new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as target:
        for source in _sources(jars):
            with zipfile.ZipFile(source) as jar:
                for name in jar.namelist():
                    if name.startswith(_path(MOVED)) and name.endswith(".class"):
                        target.writestr(_path(SHADE) + name, moved(jar.read(name)))
    fresh.replace(out)


def moved(code: bytes) -> bytes:
    """A class file with every mention of the package under its other name."""
    source, out = io.BytesIO(code), io.BytesIO()
    head = source.read(10)
    out.write(head)
    left = int.from_bytes(head[8:], "big") - 1
    while left > 0:
        tag = source.read(1)[0]
        out.write(bytes([tag]))
        if tag == _TEXT:
            text = _renamed(source.read(int.from_bytes(source.read(2), "big")))
            out.write(len(text).to_bytes(2, "big") + text)
        else:
            out.write(source.read(_FOLLOW[tag]))
        left -= 2 if tag in _DOUBLE else 1
    out.write(source.read())
    return out.getvalue()


def _renamed(text: bytes) -> bytes:
    for form in (str, _path):
        text = text.replace(form(MOVED).encode(), form(SHADE + MOVED).encode())
    return text


def _path(package: str) -> str:
    return package.replace(".", "/")


def _sources(jars: Path) -> Iterator[Path]:
    for name in JARS:
        found: Sequence[Path] = sorted(jars.glob(f"{name}-[0-9]*.jar"))
        if len(found) != 1:
            raise FileNotFoundError(f"{jars} holds {len(found)} jars {name}: one is needed")
        yield found[0]
