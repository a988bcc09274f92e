"""One relation as a CSV file and a Parquet file, in one pass over its rows."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from cchc.conceal import MARK, Hidden, cover, covers
from cchc.publish import Reader
from cchc.serve import Relation

#: Rows of one group of a Parquet file; a group is held in memory.
_GROUP = 100_000
_SIMPLE = {
    "varchar": pa.string(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("s"),
}
#: What a spreadsheet would run; see ``cchc.table_file``.
_FORMULA = r"^[=+\-@\t\r\n]"


def arrow_type(data_type: str) -> pa.DataType:
    """The type of a column of a contract."""
    if found := re.fullmatch(r"decimal\((\d+), (\d+)\)", data_type):
        return pa.decimal128(int(found[1]), int(found[2]))
    return _SIMPLE[data_type]


def write_tables(reader: Reader, relation: Relation, csv: Path, parquet: Path, hidden: Hidden) -> tuple[int, int]:
    """Both files, rows in the order of the key, without the counts that are hidden; texts of the CSV are no formulas.

    Returns how many rows there are, and of how many of them counts are hidden.
    """
    schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in relation.columns])
    names = [column.name for column in relation.columns]
    is_covered = covers(relation.name)
    order = ", ".join(relation.key or [name for name in names if not pa.types.is_boolean(schema.field(name).type)])
    sql = f"select {', '.join(names)} from pub.{relation.name} order by {order}"
    rows, blanked = 0, 0
    out = schema.append(pa.field(MARK, pa.bool_())) if is_covered else schema
    written = pa.schema([(field.name, _written(field.type)) for field in out])
    with (
        pq.ParquetWriter(parquet, out, compression="zstd") as columns,
        pa.csv.CSVWriter(str(csv), written) as lines,
    ):
        for group in reader.tables(sql, schema, _GROUP):
            rows += group.num_rows
            if is_covered:
                group = cover(relation.name, group, hidden)
                blanked += pc.sum(group[MARK]).as_py()
            columns.write_table(group)
            lines.write_table(_plain(group))
    return rows, blanked


def _written(kind: pa.DataType) -> pa.DataType:
    """Decimals are written as texts of digits: all their decimals, and never as a power of ten."""
    return pa.string() if pa.types.is_decimal(kind) else kind


def _plain(group: pa.Table) -> pa.Table:
    columns = []
    for column in group.columns:
        if pa.types.is_decimal(column.type):
            column = column.cast(pa.string())
        elif pa.types.is_string(column.type):
            formula = pc.match_substring_regex(column, _FORMULA)
            if pc.any(formula).as_py():
                column = pc.if_else(pc.fill_null(formula, False), pc.binary_join_element_wise("'", column, ""), column)
        columns.append(column)
    return pa.table(columns, names=group.column_names)
