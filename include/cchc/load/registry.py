"""The registry's tables in the warehouse: only what differs is replaced, only the rows it decides are built anew.

A landed file is never read again for a changed registry; that is ``cchc ingest --replay``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

from cchc.load.base import Touched
from cchc.load.schema import sql_type

if TYPE_CHECKING:
    from cchc.load.transactional import TransactionalWarehouse as Warehouse

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Touches:
    """Which dossiers a changed row of a registry table decides, for models that keep their rows between builds.

    ``by``: ``code`` = those whose ``column`` holds the row's value of the same name; ``days`` = those received (without
    a date: exported) within the row's ``valid_from`` .. ``valid_to``, both inclusive, open where null; ``rule_set`` =
    those of the days on which the row's rule set is or was in force; ``all``. ``columns`` are those that decide; a
    change in the others touches nothing. Empty: every column decides. ``value``: the row's column, where it is named
    otherwise. ``only_if``: a condition on the tables of ``raw`` without which nothing is touched.
    """

    by: Literal["code", "days", "rule_set", "all"]
    columns: tuple[str, ...] = ()
    column: str = ""
    value: str = ""
    only_if: str = "true"


#: Every registry table that an incremental model reads. The models of the other tables are built whole every time.
TOUCHES: dict[str, Touches] = {
    "reg_procedures": Touches(
        "code",
        (
            *("procedure_code", "field", "level", "fee_vnd", "max_days", "day_kind", "online_level", "paper_result"),
            *("valid_from", "valid_to"),
        ),
        "procedure_code",
    ),
    "reg_timeliness_rules": Touches(
        "rule_set",
        (
            *("rule_set", "compare", "minus_supplement", "several_supplements"),
            *("without_due", "withdrawn", "waiting"),
        ),
    ),
    "reg_ending_rules": Touches("rule_set"),
    "reg_rules_in_force": Touches("days", ("rule_set", "valid_from", "valid_to")),
    "reg_corrections": Touches(
        "code",
        ("dataset", "system", "key", "column_name", "expected_old", "new_value", "valid_from", "valid_to"),
        "dossier_code",
        "key",
    ),
    # working days decide only where a rule set in force takes a missing due date from the catalogue
    "reg_calendar": Touches(
        "all",
        ("day", "is_working_day"),
        only_if="exists (select 1 from raw.reg_rules_in_force as f inner join raw.reg_timeliness_rules as r "
        "on f.rule_set = r.rule_set where r.without_due = 'by_catalogue')",
    ),
}

#: Registry tables that no model reads: they say how files are read. A change of theirs makes no build necessary.
READING_ONLY = frozenset(
    {"reg_headings", "reg_labels", "reg_codes", "reg_portal_answers", "reg_systems", "reg_system_datasets"}
)

_SAME_TYPE = {"character varying": "varchar", "timestamp without time zone": "timestamp"}


def sync(warehouse: Warehouse, tables: Mapping[str, pa.Table], registry_hash: str, note: int | None) -> list[str]:
    """Replace the tables that differ, inside the caller's transaction; returns their names.

    ``note`` is the change number under which touched keys become pending, None when nothing is modelled yet.
    """
    held = _columns(warehouse)
    changed: list[str] = []
    for name, rows in tables.items():
        same_shape = held.get(name) == [(field.name, sql_type(field.type)) for field in rows.schema]
        if same_shape and _held(warehouse, name, rows.schema.names) == _counted(rows, rows.schema.names):
            continue
        changed.append(name)
        if note is not None and name in TOUCHES and (touched := _touched(warehouse, name, held, tables)):
            warehouse.note_dossiers(touched, note)
        warehouse.replace_table(name, rows, same_shape)
    for name in set(changed) - READING_ONLY:
        warehouse.execute("update raw.build_state set stale = true")
        warehouse.execute("insert into raw.registry_changed values (?)", [name])
    warehouse.execute("update raw.build_state set registry_hash = ?", [registry_hash])
    return changed


def _columns(warehouse: Warehouse) -> dict[str, list[tuple[str, str]]]:
    """Columns and types of the tables in ``raw``, spelled as ``sql_type`` does."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind, precision, scale in warehouse.execute(
        "select table_name, column_name, lower(data_type), numeric_precision, numeric_scale "
        "from information_schema.columns where table_schema = 'raw' order by table_name, ordinal_position"
    ):
        is_decimal = kind.startswith(("decimal", "numeric"))
        kind = f"decimal({precision}, {scale})" if is_decimal else _SAME_TYPE.get(kind, kind)
        found.setdefault(table, []).append((column, kind))
    return found


def _held(warehouse: Warehouse, name: str, columns: Sequence[str]) -> Counter[Row]:
    """The rows of a table as it stands, without their order."""
    return Counter(warehouse.execute(f"select {', '.join(columns)} from raw.{name}"))


def _counted(rows: pa.Table, columns: Sequence[str]) -> Counter[Row]:
    """The rows that shall stand there; a column they lack is null."""
    empty = [None] * rows.num_rows
    return Counter(zip(*(rows[c].to_pylist() if c in rows.schema.names else empty for c in columns), strict=True))


def _touched(
    warehouse: Warehouse, name: str, held: Mapping[str, list[tuple[str, str]]], tables: Mapping[str, pa.Table]
) -> Touched | None:
    """The dossiers that the rows that go or come decide."""
    touches = TOUCHES[name]
    differing = _differing(warehouse, name, touches.columns, held, tables)
    if not differing or not warehouse.execute(f"select {touches.only_if}")[0][0]:
        return None
    if touches.by == "code":
        codes = {str(row[touches.value or touches.column]) for row in differing}
        return Touched(column=touches.column, values=tuple(sorted(codes)))
    if touches.by == "rule_set":
        differing = _in_force(warehouse, {row["rule_set"] for row in differing}, held, tables)
    return Touched() if touches.by == "all" else Touched(days=tuple(_spans(differing)))


def _differing(
    warehouse: Warehouse,
    name: str,
    columns: tuple[str, ...],
    held: Mapping[str, list[tuple[str, str]]],
    tables: Mapping[str, pa.Table],
) -> list[dict[str, Any]]:
    """The rows that go or come, by the columns that decide (all of them where none are named)."""
    stand = [column for column, _ in held.get(name, [])]
    deciding = columns or tuple(sorted({*stand, *tables[name].schema.names}))
    lacking = [column if column in stand else f"null as {column}" for column in deciding]
    old = _held(warehouse, name, lacking) if stand else Counter()
    new = _counted(tables[name], deciding)
    return [dict(zip(deciding, row, strict=True)) for row in [*(old - new), *(new - old)]]


def _in_force(
    warehouse: Warehouse,
    rule_sets: set[str],
    held: Mapping[str, list[tuple[str, str]]],
    tables: Mapping[str, pa.Table],
) -> list[dict[str, Any]]:
    """Days on which some rule sets are in force, by the registry that comes and by the one that stands."""
    columns, name = ("rule_set", "valid_from", "valid_to"), "reg_rules_in_force"
    rows = list(_counted(tables[name], columns)) if name in tables else []
    rows += list(_held(warehouse, name, columns)) if name in held else []
    return [dict(zip(columns, row, strict=True)) for row in rows if row[0] in rule_sets]


def _spans(rows: list[dict[str, Any]]) -> list[tuple[date, date]]:
    """The days of the rows' validities, ranges that touch or overlap made one."""
    days = sorted((row.get("valid_from") or date.min, row.get("valid_to") or date.max) for row in rows)
    spans: list[tuple[date, date]] = []
    for first, last in days:
        if spans and first.toordinal() <= spans[-1][1].toordinal() + 1:
            spans[-1] = (spans[-1][0], max(spans[-1][1], last))
        else:
            spans.append((first, last))
    return spans
