"""JSON envelopes and JSON lines to records: the text of each record, cut out without building objects.

msgspec checks the whole syntax but hands back every record as raw bytes, so a 200 MB file costs little more than
itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate
from typing import TypeVar

import msgspec
import polars as pl

from cchc.errors import FileRefused
from cchc.read.unpack import to_utf8
from cchc.registry.model import DatasetSpec
from cchc.registry.open import Registry

T = TypeVar("T")

#: No dialect nests deeper than four levels; whatever goes beyond this is no export.
MOST_NESTED = 100
_ZERO = "\\u0000"
_ESCAPE = re.compile(r"\\(u0000|.)")  # two backslashes are one escape, so what follows them is text
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(r"[\[{\]}]")


class _Envelope(msgspec.Struct):
    """G2 envelope (domain: DongBoHoSoMC); only the records matter here."""

    data: list[msgspec.Raw]


_envelope = msgspec.json.Decoder(_Envelope)
_line = msgspec.json.Decoder(msgspec.Raw)


def read_envelope(content: bytes, spec: DatasetSpec, registry: Registry) -> tuple[pl.DataFrame, list[str]]:
    """Records of a ``dvcqg2022`` file. Refuses ``invalid_json``, ``deep_nesting``, ``wrong_encoding``."""
    return _frame(_decode(_envelope.decode, to_utf8(content)).data), []


def read_lines(content: bytes, spec: DatasetSpec, registry: Registry) -> tuple[pl.DataFrame, list[str]]:
    """Records of a JSON lines file; one bad line refuses it."""
    return _frame(_decode(_line.decode_lines, to_utf8(content))), []


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
    records = pl.Series("record", list(map(bytes, raws)), dtype=pl.Binary).cast(pl.String)
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
