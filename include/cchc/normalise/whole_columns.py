"""Dates and amounts judged by column and file: which order, which marks does the whole of it allow?

``05/11/2026`` alone may be May or November, ``500.000`` half a million or five hundred. Where the file shows that its
sender writes the other one, what could be either is made unreadable, so that it is held and never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from cchc.datasets import DATASETS
from cchc.datasets.dialects import DIALECTS
from cchc.datasets.shape import AMOUNT, DAY

#: Put before a text that could be either: no form of a date or amount begins so.
EITHER = "#"
_NEAR_DAYS = 10  # an export of a day tells of things that happened about then


def hold_what_may_be_either(
    con: duckdb.DuckDBPyConnection, dataset: str, dialect: str, doubtful: Sequence[str] = ()
) -> None:
    """Replace the view ``text_rows`` by one in which such texts begin with ``EITHER``.

    ``doubtful``: yes/no columns in which a word stands that nobody knows.
    """
    found = DATASETS[dataset]
    replaced: dict[str, str] = {}
    dates = [column.name for column in found.file_columns if column.is_moment and column.type != DAY]
    if dates and "vietnamese" in DIALECTS[dialect].timestamps:
        events = [column.name for column in found.file_columns if column.event]
        for name, files in _american(con, dates, events).items():
            replaced[name] = _marked(name, f"{_within(files)} and {_either_order(name)}")
    amounts = [c.name for c in found.file_columns if c.type == AMOUNT or c.name == "fees"]
    for name, files in _decimal(con, amounts).items():
        if name == "fees":
            either = f"case when {_thousands('x')} then '{EITHER}' || x else x end"
            replaced[name] = f"case when {_within(files)} then list_transform(fees, lambda x: {either}) else fees end"
        else:
            replaced[name] = _marked(name, f"{_within(files)} and {_thousands(name)}")
    for name in doubtful:
        replaced[name] = _words_in_doubt(con, name)
    if replaced:
        changes = ", ".join(f"{expression} as {name}" for name, expression in replaced.items())
        con.execute(f"create or replace temp table judged_rows as select * replace ({changes}) from text_rows")
        con.unregister("text_rows")
        con.execute("create or replace temp view text_rows as select * from judged_rows")


def _words_in_doubt(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """A sender with a word of its own for yes or no may mean anything by words that are not its dialect's."""
    files = con.execute(f"""
        select distinct file_no from text_rows where {name} is not null and {name} not in (select raw from map_{name})
    """).fetchall()
    others = f"{name} in (select raw from map_{name} where not is_own)"
    return _marked(name, f"{_within([row[0] for row in files])} and {others}")


def _american(con: duckdb.DuckDBPyConnection, dates: list[str], events: list[str]) -> dict[str, list[int]]:
    """By column, the files in which what could be either order may not be taken for day before month.

    A column that holds a date of the other order is mixed or American. A file of which some column is American, and
    none tells of day before month, is so in every column; and so is one whose events lie about its day only when read
    month before day.
    """
    ours, others, slashed = _orders(con, dates)
    found: dict[str, list[int]] = {}
    silent: list[int] = []
    for file_no in sorted(slashed):
        other = others.get(file_no, set())
        if file_no in ours:
            american = other  # a mixed column; the others tell of day before month
        elif other:
            american = set(dates)
        else:
            american = set()
            silent.append(file_no)
        for name in sorted(american):
            found.setdefault(name, []).append(file_no)
    for file_no in _american_by_days(con, events, silent):
        for name in dates:
            found.setdefault(name, []).append(file_no)
    return found


def _orders(
    con: duckdb.DuckDBPyConnection, dates: list[str]
) -> tuple[dict[int, set[str]], dict[int, set[str]], set[int]]:
    """By file, the columns with a date that is day before month only, and with the other order; and files with any."""
    heads = " union all ".join(  # a year has few days, however many rows there are
        f"select file_no, '{name}' as name, left({name}, 5) as head from text_rows where {name} like '%/%' group by all"
        for name in dates
    )
    orders: dict[bool, dict[int, set[str]]] = {True: {}, False: {}}
    slashed: set[int] = set()
    for file_no, name, head in con.execute(heads).fetchall():
        slashed.add(file_no)
        parts = [part.strip() for part in head.split("/")[:2]]
        if all(map(str.isdecimal, parts)):
            first, second = map(int, parts)
            if max(first, second) > 12 >= min(first, second):
                orders[first > 12].setdefault(file_no, set()).add(name)
    return orders[True], orders[False], slashed


def _american_by_days(con: duckdb.DuckDBPyConnection, events: list[str], files: list[int]) -> list[int]:
    """Of files whose dates could all be either: those whose events lie about their day only when month stands first."""
    if not (files and events):
        return []
    near = f"between export_date - {_NEAR_DAYS} and export_date + 1"
    day = "try_strptime(split_part({0}, ' ', 1), '{1}')"
    ours, other = (
        " or ".join(f"({_either_order(name)} and {day.format(name, form)} {near})" for name in events)
        for form in ("%d/%m/%Y", "%m/%d/%Y")
    )
    rows = con.execute(f"""
        select file_no from text_rows inner join batch_files using (file_no) where {_within(files)} group by file_no
        having coalesce(bool_or({other}), false) and not coalesce(bool_or({ours}), false)
    """).fetchall()
    return [row[0] for row in rows]


def _either_order(name: str) -> str:
    first, second = (f"try_cast(split_part({name}, '/', {n}) as int)" for n in (1, 2))
    return f"coalesce({first} <= 12 and {second} <= 12 and {first} <> {second}, false)"


def _decimal(con: duckdb.DuckDBPyConnection, amounts: list[str]) -> dict[str, list[int]]:
    """By column, the files that write a decimal point, so that ``500.000`` need not be half a million."""
    found: dict[str, list[int]] = {}
    point = r"-?\d+\.\d{1,2}|-?\d{4,}\.\d+|-?\d+\.\d{4,}"
    for name in amounts:
        dotted = f"{name}::varchar like '%.%'"
        test = (
            f"len(list_filter(fees, lambda x: regexp_full_match(trim(x), '{point}'))) > 0"
            if name == "fees"
            else f"regexp_full_match({name}, '{point}')"
        )
        rows = con.execute(f"select distinct file_no from text_rows where {dotted} and {test}").fetchall()
        if rows:
            found[name] = [row[0] for row in rows]
    return found


def _thousands(name: str) -> str:
    return f"regexp_full_match(trim({name}), '-?\\d{{1,3}}(\\.\\d{{3}})+')"


def _marked(name: str, test: str) -> str:
    return f"case when {test} then '{EITHER}' || {name} else {name} end"


def _within(files: list[int]) -> str:
    return f"file_no in ({', '.join(map(str, files))})"
