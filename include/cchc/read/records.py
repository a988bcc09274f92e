"""JSON envelopes and JSON lines to records: the text of each record, cut out without building objects.

msgspec checks the whole syntax but hands back every record as raw bytes, so a 200 MB file costs little more than
itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import msgspec
import polars as pl

from cchc.errors import FileRefused
from cchc.read.unpack import to_utf8

T = TypeVar("T")

#: No dialect nests deeper than four levels; whatever goes beyond this is no export.
MOST_NESTED = 100


class _Envelope(msgspec.Struct):
    """G2 envelope (domain: DongBoHoSoMC); only the records matter here."""

    data: list[msgspec.Raw]


_envelope = msgspec.json.Decoder(_Envelope)
_line = msgspec.json.Decoder(msgspec.Raw)


def read_envelope(content: bytes) -> pl.DataFrame:
    """Records of a ``dvcqg2022`` file. Refuses ``invalid_json``, ``deep_nesting``, ``wrong_encoding``."""
    return _frame(_decode(_envelope.decode, _text(content)).data)


def read_lines(content: bytes) -> pl.DataFrame:
    """Records of a JSON lines file; one bad line refuses it."""
    return _frame(_decode(_line.decode_lines, _text(content)))


def _text(content: bytes) -> bytes:
    """UTF-8, with a space for every escaped zero character: no database could hold one."""
    content = to_utf8(content)
    return content.replace(b"\\u0000", b"\\u0020") if b"\\u0000" in content else content


def _decode(decode: Callable[[bytes], T], content: bytes) -> T:
    try:
        with _depth_limited():
            return decode(content)
    except RecursionError as error:
        raise FileRefused("deep_nesting", "nested deeper than any dossier is") from error
    except msgspec.ValidationError as error:
        if decode == _envelope.decode:
            _decode(_line.decode, content)  # says so where the file is deeper, or more broken, than of another shape
        raise FileRefused("invalid_json", "no list of records where the dialect has it") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FileRefused("invalid_json", str(error)) from error


@contextmanager
def _depth_limited() -> Iterator[None]:
    """Let msgspec, which counts against the interpreter's recursion limit, go ``MOST_NESTED`` levels deep."""
    depth, frame = 0, sys._getframe()
    while frame := frame.f_back:  # type: ignore[assignment]
        depth += 1
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + MOST_NESTED)
    try:
        yield
    finally:
        sys.setrecursionlimit(usual)


def _frame(raws: list[msgspec.Raw]) -> pl.DataFrame:
    records = pl.Series("record", list(map(bytes, raws)), dtype=pl.Binary).cast(pl.String)
    if not records.str.starts_with("{").all():
        raise FileRefused("invalid_json", "a record is no object")
    return (
        pl.DataFrame({"record": records})
        .with_columns(row_hash=records.hash(seed=766) if len(records) else pl.Series([], dtype=pl.UInt64))
        .with_row_index("row_number", offset=1)
    )
