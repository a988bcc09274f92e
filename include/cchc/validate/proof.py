"""Which rows keep every rule of a suite for certain, said by SQL made of the suite itself.

The suite stays the only definition of a rule, and Great Expectations its only judge: of a million sound rows it need
not see each one. A row is certain where the SQL form of every expectation holds; a suite with an expectation that has
no such form proves nothing, and all rows are judged. A form may doubt what is sound, never prove what is not: a test
holds each of them against Great Expectations on made-up rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import duckdb

Kwargs = Mapping[str, Any]

_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT"}
_MOMENTS = {"DATE", "TIMESTAMP"}
#: Types whose values pandas compares as SQL does: without a fraction, without a time zone.
_PLAIN = _WHOLE | _MOMENTS | {"VARCHAR", "BOOLEAN"}
_FLOATS = {"DOUBLE", "DECIMAL"}  # in pandas, both
_MOST_EXACT = 2**53  # pandas makes floats of whole numbers where one is missing


def certain_sql(suite: Mapping[str, Any], types: Mapping[str, str]) -> str | None:
    """The condition under which a row keeps every rule of a suite; None where some rule can't be said so.

    ``types``: the SQL type of each column of the rows.
    """
    conditions = [_form(expectation, types) for expectation in suite["expectations"]]
    return " and ".join(f"({each})" for each in conditions if each) if all(conditions) else None


def types_of_rows(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Name and SQL type of each column of the table ``rows``."""
    return {name: kind for name, kind, *_ in con.execute("describe rows").fetchall()}


def _kind(column: str, types: Mapping[str, str]) -> str:
    """The SQL type of a column, of a decimal number without how long it is; empty where there is no such column."""
    return types.get(column, "").partition("(")[0]


def _form(expectation: Mapping[str, Any], types: Mapping[str, str]) -> str | None:
    form, needed, known = _FORMS.get(expectation["type"], (None, set(), set()))
    given = expectation["kwargs"]
    if form is None or not needed <= given.keys() <= needed | known:
        return None
    if any(_kind(given[key], types) not in _PLAIN | _FLOATS for key in needed if key.startswith("column")):
        return None
    return form(given, types)


def _is_null(given: Kwargs, types: Mapping[str, str]) -> str:
    return f"{given['column']} is null"


def _is_not_null(given: Kwargs, types: Mapping[str, str]) -> str | None:
    return f"{given['column']} is not null" if types[given["column"]] in _PLAIN else None  # NaN is none, to pandas


def _is_in(given: Kwargs, types: Mapping[str, str]) -> str | None:
    return _among(given, types, "in")


def _is_not_in(given: Kwargs, types: Mapping[str, str]) -> str | None:
    return _among(given, types, "not in")


def _among(given: Kwargs, types: Mapping[str, str], how: str) -> str | None:
    column = given["column"]
    values = [_literal(value, types[column]) for value in given["value_set"]]
    if not values or not all(values):
        return None
    return f"{column} is null or {column} {how} ({', '.join(value for value in values if value)})"


def _literal(value: Any, kind: str) -> str | None:
    """A value of a suite as a literal of a column's type; None where pandas might compare it in another way."""
    if isinstance(value, bool):
        return str(value).lower() if kind == "BOOLEAN" else None
    if isinstance(value, int):
        return str(value) if kind in _WHOLE and abs(value) < _MOST_EXACT else None
    if isinstance(value, str) and kind == "VARCHAR":
        return "'" + value.replace("'", "''") + "'"
    return None


def _is_between(given: Kwargs, types: Mapping[str, str]) -> str | None:
    column, kind = given["column"], _kind(given["column"], types)
    bounds = {">=": given.get("min_value"), "<=": given.get("max_value")}
    said = []
    for sign, bound in bounds.items():
        if bound is None:
            continue
        if type(bound) is not int or abs(bound) >= _MOST_EXACT or kind not in _WHOLE | _FLOATS:
            return None
        said.append(f"{column} {sign} {bound}")
    return f"{column} is null or ({' and '.join(said)})" if said else None


def _is_at_least(given: Kwargs, types: Mapping[str, str]) -> str | None:
    a, b = given["column_A"], given["column_B"]
    is_known = given["or_equal"] is True and given["ignore_row_if"] == "either_value_is_missing"
    # whole numbers too: of two that are equal as floats, neither is the greater one
    if not is_known or types[a] != types[b] or types[a] not in _WHOLE | _MOMENTS:
        return None
    return f"{a} is null or {b} is null or {a} >= {b}"


_Form = Callable[[Kwargs, Mapping[str, str]], "str | None"]
#: By type of expectation: the form, what it needs to be given, and what else it may be given.
_FORMS: dict[str, tuple[_Form, set[str], set[str]]] = {
    "expect_column_values_to_be_null": (_is_null, {"column"}, set()),
    "expect_column_values_to_not_be_null": (_is_not_null, {"column"}, set()),
    "expect_column_values_to_be_in_set": (_is_in, {"column", "value_set"}, set()),
    "expect_column_values_to_not_be_in_set": (_is_not_in, {"column", "value_set"}, set()),
    "expect_column_values_to_be_between": (_is_between, {"column"}, {"min_value", "max_value"}),
    "expect_column_pair_values_a_to_be_greater_than_b": (
        _is_at_least,
        {"column_A", "column_B", "or_equal", "ignore_row_if"},
        set(),
    ),
}
