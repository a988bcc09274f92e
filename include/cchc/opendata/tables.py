"""One relation as a CSV file and a Parquet file, in one pass over its rows."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

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


def write_tables(reader: Reader, relation: Relation, csv: Path, parquet: Path) -> int:
    """Both files, rows in the order of the key; returns how many. Texts of the CSV never act as formulas."""
    schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in relation.columns])
    names = [column.name for column in relation.columns]
    order = ", ".join(relation.key or [name for name in names if not pa.types.is_boolean(schema.field(name).type)])
    sql = f"select {', '.join(names)} from pub.{relation.name} order by {order}"
    rows = 0
    written = pa.schema([(name, _written(schema.field(name).type)) for name in names])
    with (
        pq.ParquetWriter(parquet, schema, compression="zstd") as columns,
        pa.csv.CSVWriter(str(csv), written) as lines,
    ):
        for group in reader.tables(sql, schema, _GROUP):
            rows += group.num_rows
            columns.write_table(group)
            lines.write_table(_plain(group))
    return rows


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
