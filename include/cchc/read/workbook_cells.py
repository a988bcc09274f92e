"""A cell's value to the text that a sheet carries: what a person sees in the cell, in one form a kind of value."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

#: What stands in place of a value that the cell has and the file does not tell.
ERROR, NO_NUMBER, NO_RESULT, MERGED = "#ERROR!", "#NUM!", "#FORMULA!", "#MERGED!"
MIDNIGHT = "00:00:00"
#: Spreadsheets count 15 digits; a longer number is no code, whatever it looks like.
MOST_DIGITS = 15
_MOST = 10**MOST_DIGITS
_HALF_A_SECOND = timedelta(microseconds=500_000)
#: Titles and headings stand in so many rows; below them a column mostly holds one type.
_HEAD = 32


def number(value: float) -> str:
    """``1`` for 1.0, ``1.00022``, and ``1.234567890123457E+16`` for what has over 15 digits before the point."""
    if -_MOST < value < _MOST:
        whole = int(value)
        return str(whole) if whole == value else repr(value)
    return format(Decimal(repr(value)).normalize(), "E") if math.isfinite(value) else NO_NUMBER


def moment(value: datetime) -> str:
    """To the nearest second (a spreadsheet keeps fractions of a day); midnight is a date without time."""
    if value.microsecond:
        try:
            value = (value + _HALF_A_SECOND).replace(microsecond=0)
        except OverflowError:
            value = value.replace(microsecond=0)
    return value.isoformat(" ").removesuffix(" 00:00:00")


def day(value: date) -> str:
    """``yyyy-MM-dd``."""
    return value.isoformat()


def clock(value: time) -> str:
    """``HH:MM:SS``; what rounds to midnight is the last second of the day."""
    seconds = value.hour * 3600 + value.minute * 60 + value.second + (value.microsecond >= 500_000)
    return duration(timedelta(seconds=min(seconds, 86_399)))


def duration(value: timedelta) -> str:
    """``HH:MM:SS``, over 24 hours where it is."""
    seconds = round(value.total_seconds())
    sign, seconds = "-" if seconds < 0 else "", abs(seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def truth(value: bool) -> str:
    """``true`` or ``false``."""
    return "true" if value else "false"


#: Python's type of a cell -> its text. Text itself stays as it stands; empty text is no value.
TEXT_OF: dict[type, Callable[[Any], str | None]] = {
    str: lambda value: value or None,
    bool: truth,
    int: number,
    float: number,
    datetime: moment,
    date: day,
    time: clock,
    timedelta: duration,
}


def column(values: Sequence[Any]) -> pl.Series:
    """The text of a column's cells, ``""`` as null. What is of one type below the headings is done as a whole."""
    head = [None if value == "" else TEXT_OF[value.__class__](value) for value in values[:_HEAD]]
    return pl.concat([pl.Series(head, dtype=pl.String), _below(values[_HEAD:])])


def _below(values: Sequence[Any]) -> pl.Series:
    types = list(map(type, values))
    texts, kinds = types.count(str), set(types)
    if texts == len(types):
        text = pl.Series(values, dtype=pl.String)
        return text.set(text == "", None)
    if texts == 0 or values.count("") == texts:
        whole = None
        given = [None if value == "" else value for value in values] if texts else values
        if kinds <= {str, float, int}:
            whole = _numbers(pl.Series(given, dtype=pl.Float64, strict=False))
        elif kinds <= {str, datetime, date}:
            whole = _moments(pl.Series(given, dtype=pl.Datetime("us"), strict=False))
        if whole is not None:
            return whole
    return pl.Series([TEXT_OF[value.__class__](value) for value in values], dtype=pl.String)


def _numbers(given: pl.Series) -> pl.Series | None:
    """``number`` of each, where all are whole."""
    if not (given.is_finite() & (given.abs() < _MOST) & (given == given.floor())).all():
        return None
    return given.cast(pl.Int64).cast(pl.String)


def _moments(given: pl.Series) -> pl.Series | None:
    """``moment`` of each, where none is at the end of time."""
    if (given.dt.year() > 9990).any():
        return None
    rounded = (given + _HALF_A_SECOND).dt.truncate("1s")
    return rounded.dt.to_string("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
