"""JSON envelopes and JSON lines to records: the text of each record, cut out without building objects.

msgspec checks the whole syntax but hands back every record as a view of the file, so a 200 MB file costs little more
than itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import accumulate
from typing import TypeVar

import msgspec
import numpy as np
import polars as pl
import pyarrow as pa

from cchc.datasets.dialects import COUNT_KEYS, DIALECTS
from cchc.datasets.shape import AGENCY
from cchc.errors import FileRefused
from cchc.read.opened import Opened
from cchc.read.unpack import to_text
from cchc.registry.open import Registry

T = TypeVar("T")

#: No dialect nests deeper than four levels; whatever goes beyond this is no export.
MOST_NESTED = 100
_MOST_OF_TRAILER = 3  # keys; a dossier has more
_MARK = b"\xef\xbb\xbf"  # a byte order mark, where files were joined
_ZERO = "\\u0000"
_ESCAPE = re.compile(r"\\(u0000|.)")  # two backslashes are one escape, so what follows them is text
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(r"[\[{\]}]")


class _Envelope(msgspec.Struct):
    """G2 envelope (domain: DongBoHoSoMC); only the records matter here."""

    data: list[msgspec.Raw]


_envelope = msgspec.json.Decoder(_Envelope)
_line = msgspec.json.Decoder(msgspec.Raw)
_whole = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_envelope(content: bytes, file: Opened, registry: Registry) -> tuple[pl.DataFrame, list[str]]:
    """Records of a ``dvcqg2022`` file. Refuses what is broken, of another unit, or says that there is more."""
    decoded = to_text(content, file.spec.encoding or "utf-8")
    records = _decode(_envelope.decode, decoded.content).data
    around = _around(decoded.content, records)
    _check_said_once(around)
    _check_envelope(_whole.decode(around), len(records), file)
    return _frame(records), decoded.warnings


def read_lines(content: bytes, file: Opened, registry: Registry) -> tuple[pl.DataFrame, list[str]]:
    """Records of a JSON lines file; one bad line refuses it. A last line that only counts the others is no record."""
    decoded = to_text(content, file.spec.encoding or "utf-8")
    text, warnings = decoded.content, list(decoded.warnings)
    if b"\n" + _MARK in text:
        text, warnings = text.replace(b"\n" + _MARK, b"\n"), [*warnings, "marks_inside"]
    records = _decode(_line.decode_lines, text)
    if records and (trailer := _trailer(bytes(records[-1]))) is not None:
        records.pop()
        _check_counts(trailer, len(records))
    return _frame(records), warnings


def _around(text: bytes, records: list[msgspec.Raw]) -> bytes:
    """The envelope without its records."""
    if not records:
        return text
    first, last = (_place(text, record) for record in (records[0], records[-1]))
    return text[:first] + text[last + len(memoryview(records[-1])) :]


def _place(text: bytes, part: msgspec.Raw) -> int:
    """Where a view of a text begins in it."""
    return int(np.frombuffer(part, np.uint8).ctypes.data - np.frombuffer(text, np.uint8).ctypes.data)


def _check_said_once(envelope: bytes) -> None:
    """Refuse an envelope with one key twice: of two lists of records the decoder knows the last one only."""
    keys = [key for key, _ in json.loads(envelope, object_pairs_hook=list)]
    if len(set(keys)) < len(keys):
        raise FileRefused("invalid_json", "the envelope has a key twice")


def _check_envelope(envelope: dict[str, msgspec.Raw], records: int, file: Opened) -> None:
    said = {key: _scalar(raw) for key, raw in envelope.items() if key != "data"}
    unit_key, unit = DIALECTS[file.spec.dialect].unit_key, file.revision.key.unit
    named = str(said.get(unit_key or "") or "").strip().upper()
    if named and named != unit.upper():
        shown = named if re.fullmatch(AGENCY, named) else "another text"
        raise FileRefused("wrong_unit", f"{unit_key} is {shown}, and the file lies under {unit}")
    _check_counts({_plain(key): value for key, value in said.items()}, records)


def _check_counts(said: dict[str, object], records: int) -> None:
    """Refuse ``incomplete_export`` where a file says that there are more rows or pages than came."""
    for kind, keys in COUNT_KEYS.items():
        for key in keys:
            value = said.get(key)
            number = _number(value)
            if kind == "rows" and number is not None and number > records:
                raise FileRefused("incomplete_export", f"{key} says {number:,}, and {records:,} records came")
            if kind == "pages" and number is not None and number > 1:
                raise FileRefused("incomplete_export", f"{key} says {number:,} pages, and one came")
            if kind == "more" and value not in (None, False, "", 0, "0", "false"):
                raise FileRefused("incomplete_export", f"{key} says that another page follows")


def _trailer(record: bytes) -> dict[str, object] | None:
    """What a record says that only counts the others; None where it is a record like any other."""
    try:
        said = msgspec.json.decode(record)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    plain = {_plain(str(key)): value for key, value in said.items()}
    counting = {key for keys in COUNT_KEYS.values() for key in keys}
    return plain if len(plain) <= _MOST_OF_TRAILER and counting & plain.keys() else None


def _scalar(raw: msgspec.Raw) -> object:
    text = bytes(raw).lstrip()
    return None if text[:1] in (b"{", b"[") else msgspec.json.decode(text)


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if isinstance(value, float) and not value.is_integer():
        return None
    return int(value) if isinstance(value, (int, float)) else None


def _plain(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.casefold())


def _decode(decode: Callable[[bytes], T], content: bytes) -> T:
    try:
        return decode(content)
    except RecursionError as error:
        raise _too_deep() from error
    except msgspec.ValidationError as error:
        if decode == _envelope.decode:
            _decode(_line.decode, content)  # says so where the file is deeper, or more broken, than of another shape
        raise FileRefused("invalid_json", "no list of records where the dialect has it") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FileRefused("invalid_json", str(error)) from error


def _too_deep() -> FileRefused:
    return FileRefused("deep_nesting", "nested deeper than any dossier is")


def _depth(record: str) -> int:
    """How many levels of lists and objects a record has."""
    brackets = _BRACKET.findall(_TEXT.sub("", record))
    return max(accumulate(1 if bracket in "[{" else -1 for bracket in brackets), default=0)


def _without_zero(record: str) -> str:
    """The record with spaces for zero characters: no database could hold one."""
    return _ESCAPE.sub(lambda escape: "\\u0020" if escape[1] == "u0000" else escape[0], record)


def _frame(raws: list[msgspec.Raw]) -> pl.DataFrame:
    records = _texts(raws)
    # msgspec itself gives up only where the interpreter would; few records have so many brackets that they need a look
    many = records.filter(records.str.count_matches(r"[\[{]") > MOST_NESTED)
    if any(_depth(record) > MOST_NESTED for record in many):
        raise _too_deep()
    if not records.str.starts_with("{").all():
        raise FileRefused("invalid_json", "a record is no object")
    if records.str.contains(_ZERO, literal=True).any():
        records = pl.Series("record", [_without_zero(record) if _ZERO in record else record for record in records])
    return (
        pl.DataFrame({"record": records})
        .with_columns(row_hash=records.hash(seed=766) if len(records) else pl.Series([], dtype=pl.UInt64))
        .with_row_index("row_number", offset=1)
    )


def _texts(raws: list[msgspec.Raw]) -> pl.Series:
    """The records as one column; joined as bytes, for a Python object each would cost as much as decoding them."""
    ends = np.zeros(len(raws) + 1, dtype=np.int64)
    np.cumsum(np.fromiter((len(memoryview(raw)) for raw in raws), np.int64, len(raws)), out=ends[1:])
    buffers = (pa.py_buffer(ends), pa.py_buffer(b"".join(raws)))
    return pl.Series("record", pa.LargeStringArray.from_buffers(len(raws), *buffers), dtype=pl.String)
