"""SQL made from the description of the columns: text to types, and what could not be read, for every dataset alike.

Text that is not empty and has no typed value is unreadable. In a column that can decide a figure it holds the row; in
another it is a warning. So no unknown becomes empty, for empty has a meaning of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from cchc.datasets import DATASETS, Column, Dataset
from cchc.datasets.shape import AGENCY, AMOUNT, CODE, COUNT, DAY, FLAG, TEXT

_SQL_TYPES = {FLAG: "boolean", CODE: "smallint", COUNT: "integer", AMOUNT: "bigint"}


def typed_sql(dataset: str, patterns: Iterable[str] = (), is_strict: bool = False) -> str:
    """The common table expressions ``read_rows`` and ``typed``.

    ``typed`` has ``rid``, ``file_no``, ``row_number``, ``row_hash``, ``fault``, lineage, every plain column of the
    dataset, each text as ``<column>_text``, and the check columns: ``bad_dates``, ``unknown_values``, ``late_events``
    (names of columns, joined by commas), ``noticed`` (warnings), and ``<...>_shape`` of what could not be read.
    ``patterns``: the columns for whose codes ``batch_files`` has a pattern of the system. ``is_strict``: some system
    does not tolerate all departures, which are then unreadable.
    """
    found = DATASETS[dataset]
    bad_dates, unknown = _bad_dates(found, is_strict), _unknown(found, is_strict)
    plain = [column for column in found.file_columns if not _is_listed(column)]
    read = [f"{_read(column, patterns)} as {_name(column)}" for column in plain]
    texts = [f"t.{column.name} as {column.name}_text" for column in found.file_columns]
    exclude = ["has_decimal_code", *(_name(column) for column in plain if column.is_moment)]
    exclude += ["not_tolerated"] if is_strict else []
    tolerated = [f"coalesce(map_{column.name}.is_tolerated, false)" for column in plain if column.is_coded]
    maps = [f"left join map_{c.name} on t.{c.name} = map_{c.name}.raw" for c in plain if c.is_coded]
    values = [f"{_value(column)} as {column.name}" for column in plain if column.is_moment]
    return f"""read_rows as (
    select
        t.rid, t.file_no, t.row_number, t.row_hash, t.fault,
        {", ".join([*read, *texts])},
        {" or ".join(tolerated) or "false"} as has_decimal_code,
        {"f.not_tolerated," if is_strict else ""} f.revision_id, f.system, f.delivering_unit, f.export_date
    from text_rows as t
    inner join batch_files as f on t.file_no = f.file_no
    {" ".join(maps)}
),

checked as (
    select
        r.*,
        {"".join(f"{value}, " for value in values)}
        {_names(bad_dates)} as bad_dates,
        {_names(unknown)} as unknown_values,
        {_names(_late(found))} as late_events,
        {_noticed(found)} as noticed
    from read_rows as r
),

typed as (
    select
        r.* exclude ({", ".join(exclude)}),
        case when r.bad_dates is not null then {_shape(bad_dates)} end as bad_date_shape,
        case when r.unknown_values is not null then {_shape(unknown)} end as unknown_value_shape
    from checked as r
)"""


def _is_listed(column: Column) -> bool:
    """Lists in one column: the dataset's own SQL reads them."""
    return column.name in ("fees", "supplements")


def _name(column: Column) -> str:
    return f"{column.name}_read" if column.is_moment else column.name


def _read(column: Column, patterns: Iterable[str]) -> str:
    text = f"t.{column.name}"
    if column.is_moment:
        if column.type == DAY:
            return f"parse_day({text})"
        return f"parse_deadline({text})" if column.deadline else f"parse_timestamp({text})"
    if column.is_coded:
        return f"map_{column.name}.canonical" + (f"::{_SQL_TYPES[column.type]}" if column.type in _SQL_TYPES else "")
    if column.identifies:
        if column.name in patterns:
            own = f"regexp_full_match(as_code({text}), f.{column.name}_pattern)"
            return f"case when coalesce({own}, looks_like_code({text})) then as_code({text}) end"
        return f"case when looks_like_code({text}) then as_code({text}) end"
    if column.type == TEXT:
        return f"upper({text})" if column.shown == AGENCY else text
    return f"parse_vnd({text})"


def _value(column: Column) -> str:
    value = f"true_moment(r.{_name(column)})"
    return f"{value}::date" if column.type == DAY else value


def _bad_dates(dataset: Dataset, is_strict: bool) -> list[tuple[Column, str]]:
    """Which dates can't be read, or lack where none may lack."""
    found = []
    for column in dataset.file_columns:
        if column.is_moment:
            bad = f"r.{column.name}_text is not null and r.{column.name}_read is null"
            if not column.may_be_empty:
                bad = f"true_moment(r.{column.name}_read) is null"
            if is_strict:
                bad += f" or ({_refused('stand_in_date')} and {_is_stand_in(column)})"
                bad += f" or ({_refused('date_without_time')} and {_lacks_time(column)})" if column.type != DAY else ""
            found.append((column, bad))
    return found


def _refused(warning: str) -> str:
    return f"list_contains(r.not_tolerated, '{warning}')"


def _is_stand_in(column: Column) -> str:
    return f"(r.{column.name}_read is not null and true_moment(r.{column.name}_read) is null)"


def _lacks_time(column: Column) -> str:
    return f"coalesce(lacks_time(r.{column.name}_text), false)"


def _unknown(dataset: Dataset, is_strict: bool) -> list[tuple[Column, str]]:
    """Which codes, yes/no and numbers of other rows can't be read, where no rule of their own names them."""
    decimal = f" or ({_refused('decimal_code')} and r.{{0}}_text like '%.0')" if is_strict else ""
    return [
        (c, _unreadable(c) + (decimal.format(c.name) if c.is_coded else ""))
        for c in dataset.file_columns
        if _may_be_unknown(c) and c.decides and c.rule is None
    ]


def _may_be_unknown(column: Column) -> bool:
    return column.is_coded or (column.identifies and not column.required)


def _unreadable(column: Column) -> str:
    return f"r.{column.name}_text is not null and r.{column.name} is null"


def _late(dataset: Dataset) -> list[tuple[Column, str]]:
    """What happened later than the day after the export."""
    late = "r.{0}_read >= r.export_date + 2 and true_moment(r.{0}_read) is not null"
    return [(column, late.format(column.name)) for column in dataset.file_columns if column.event]


def _noticed(dataset: Dataset) -> str:
    columns = dataset.file_columns
    odd = [_unreadable(c) for c in columns if _may_be_unknown(c) and not c.decides]
    # what has no time in the first place is no day without its time, and what is no date is held as that
    moments = [column for column in columns if column.is_moment and column.type != DAY]
    timeless = [f"(r.{column.name}_read is not null and {_lacks_time(column)})" for column in moments]
    none = [_is_stand_in(column) for column in columns if column.is_moment]
    parts = {
        "unreadable_value": odd,
        "date_without_time": timeless,
        "stand_in_date": none,
        "decimal_code": ["r.has_decimal_code"],
    }
    said = [f"case when {' or '.join(tests)} then '{warning}' end" for warning, tests in parts.items() if tests]
    return f"nullif(concat_ws(',', {', '.join(said)}), '')"


def _names(tests: list[tuple[Column, str]]) -> str:
    if not tests:
        return "null::varchar"
    said = ", ".join(f"case when {test} then '{column.name}' end" for column, test in tests)
    return f"nullif(concat_ws(',', {said}), '')"


def _shape(tests: list[tuple[Column, str]]) -> str:
    if not tests:
        return "null::varchar"
    # one call for all: each costs the database a few milliseconds to make ready, before any row
    return f"shape(case {' '.join(f'when {test} then r.{column.name}_text' for column, test in tests)} end)"
