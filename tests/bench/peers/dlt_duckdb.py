"""dlt into DuckDB: files in parallel as Arrow tables (pyarrow's JSON reader, polars' CSV reader), merged by file.

A file that was seen with another time of change is read again, and all its rows replace the former ones
(``merge_key``). A value that can't be cast refuses its file: dlt has no rules for rows that come as Arrow tables. The
marts are SQL.
"""

from __future__ import annotations

import os

os.environ |= {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    "EXTRACT__WORKERS": "2",
    "NORMALIZE__WORKERS": "1",
    "LOAD__WORKERS": "2",
    "DATA_WRITER__DISABLE_COMPRESSION": "true",
}

import io
from collections.abc import Iterator
from typing import Any

import common
import dlt
import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.json
from common import CSV_SYSTEM, DATES, FLAGS, KEYS_2022, LISTS_2022, NUMBERS, ORIGIN, TEXTS, Run
from dlt.sources.filesystem import filesystem

LATEST = """
create or replace table dossier_latest as
select * from dossiers
qualify row_number() over (partition by dossier_code order by export_date desc, row_number desc) = 1
"""
COLUMNS = (*TEXTS, *DATES, *FLAGS, *NUMBERS, *ORIGIN)


def _message() -> pa.Schema:
    lists = {name: pa.list_(pa.struct([(key, pa.string()) for key in keys])) for name, keys in LISTS_2022.items()}
    record = pa.struct([*((key, pa.string()) for key in KEYS_2022.values()), *lists.items()])
    return pa.schema([("data", pa.list_(record))])


MESSAGE = _message()


def of_json(content: bytes) -> pl.DataFrame:
    """The records of one message."""
    options = pa.json.ParseOptions(explicit_schema=MESSAGE, unexpected_field_behavior="ignore")
    read = pa.json.ReadOptions(block_size=max(len(content) + 1, 1 << 20))
    table = pa.json.read_json(io.BytesIO(content), read_options=read, parse_options=options)
    rows = pl.from_arrow(pa.RecordBatch.from_struct_array(table["data"].combine_chunks().flatten()))
    lists = {name: pl.col(name).list for name in LISTS_2022}
    papers, asked, result = pl.col("TaiLieuNop"), pl.col("DanhSachHoSoBoSung"), pl.element().struct.field

    def date(expression: pl.Expr) -> pl.Expr:
        return pl.when(expression != "").then(expression).str.to_datetime("%Y%m%d%H%M%S")

    paths = papers.list.eval(pl.element().struct.field("DuongDanTaiTepTin"))
    results = lists["DanhSachGiayToKetQua"].eval(
        pl.when((result("MaGiayToKetQua") != "") & (result("DuongDanTepTinKetQua") != "")).then(
            result("DuongDanTepTinKetQua")
        )
    )
    first = {name: asked.list.first().struct.field(name) for name in LISTS_2022["DanhSachHoSoBoSung"]}
    return rows.select(
        pl.col("MaHoSo").str.strip_chars().str.to_uppercase().alias("dossier_code"),
        pl.col("MaTTHC").alias("procedure_code"),
        pl.lit(None, pl.String).alias("receiving_unit"),
        pl.when(pl.col("DonViXuLy") != "").then(pl.col("DonViXuLy")).alias("handling_unit"),
        pl.col("LoaiDoiTuong").replace_strict(common.KINDS_2022).alias("applicant_kind"),
        pl.col("KenhThucHien").replace_strict(common.CHANNELS_2022).alias("channel"),
        *(date(pl.col(KEYS_2022[name])).alias(name) for name in DATES[:6]),
        date(first["NgayBoSung"]).alias("asked_at"),
        date(first["NgayTiepNhanBoSung"]).alias("answered_at"),
        *((pl.col(KEYS_2022[name]) == "1").alias(name) for name in FLAGS[:2]),
        papers.list.eval(pl.element().struct.field("DuocTaiSuDung") == "1").list.any().alias("reused_part"),
        papers.list.eval(pl.element().struct.field("DuocLayTuKhoDMQG") == "1").list.any().alias("from_personal_store"),
        (results.list.drop_nulls().list.set_difference(paths).list.len() > 0).alias("has_electronic_result"),
        pl.col("TrangThaiHoSo").cast(pl.Int32).alias("status"),
        pl.col("DuocThanhToanTrucTuyen").cast(pl.Int32).alias("online_payment"),
        lists["DanhSachLePhi"].eval(pl.element().struct.field("Gia").cast(pl.Int64)).list.sum().alias("fee_vnd"),
    )


def of_csv(content: bytes, reference: common.Reference) -> pl.DataFrame:
    """The rows of one file of the office's table."""
    headings, labels = reference.headings(), reference.labels
    rows = pl.read_csv(content, infer_schema=False, truncate_ragged_lines=False)

    def column(name: str) -> pl.Expr:
        return pl.col(headings[name])

    def date(expression: pl.Expr) -> pl.Expr:
        return expression.str.to_datetime("%d/%m/%Y %H:%M")

    parts = column("supplements").str.split_exact("|", 0).struct.field("field_0").str.split_exact(" - ", 1).struct
    answered = parts.field("field_1")
    return rows.select(
        column("dossier_code").str.strip_chars().str.to_uppercase().alias("dossier_code"),
        *(column(name).alias(name) for name in TEXTS[1:4]),
        column("applicant_kind").replace_strict(labels("applicant_kind")).alias("applicant_kind"),
        column("channel").replace_strict(labels("channel")).alias("channel"),
        *(date(column(name)).alias(name) for name in DATES[:6]),
        date(parts.field("field_0")).alias("asked_at"),
        date(pl.when(answered != "").then(answered)).alias("answered_at"),
        *((column(name) == "Có").alias(name) for name in FLAGS),
        column("status").replace_strict(labels("status"), return_dtype=pl.String).cast(pl.Int32).alias("status"),
        column("online_payment")
        .replace_strict(labels("online_payment"), return_dtype=pl.String)
        .cast(pl.Int32)
        .alias("online_payment"),
        column("fees").str.replace_all(".", "", literal=True).str.split("|").cast(pl.List(pl.Int64)).list.sum()
        .alias("fee_vnd"),
    )  # fmt: skip


def run(this: Run) -> None:
    """Load what changed, then make both marts anew."""

    @dlt.transformer(
        name="dossiers",
        parallelized=True,
        write_disposition="merge",
        merge_key="path",
    )
    def dossiers(items: list[Any]) -> Iterator[Any]:
        for item in items:
            path = str(item["relative_path"])
            system, unit, day = path.split("/")[:3]
            try:
                content = item.read_bytes()
                rows = of_csv(content, this.reference) if system == CSV_SYSTEM else of_json(content)
            except Exception as error:
                told = {"path": path, "reason": type(error).__name__}
                yield dlt.mark.with_hints(told, dlt.mark.make_hints(table_name="refused"), create_table_variant=True)
                continue
            yield (
                rows.with_columns(
                    pl.col("handling_unit").fill_null(unit),
                    pl.lit(path).alias("path"),
                    pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row_number"),
                    pl.lit(day).str.to_date().alias("export_date"),
                )
                .select(COLUMNS)
                .to_arrow()
            )

    pipeline = dlt.pipeline(
        "peer",
        pipelines_dir=str(this.work / "dlt"),
        destination=dlt.destinations.duckdb(str(this.work / "warehouse.duckdb")),
        dataset_name="raw",
    )
    files = filesystem(
        bucket_url=this.exports.as_uri(),
        file_glob="*/*/*/dossiers.*",
        incremental=dlt.sources.incremental("modification_date"),
    )
    with this.lap("extract"):
        pipeline.extract(files | dossiers, loader_file_format="parquet")
    with this.lap("normalise"):
        pipeline.normalize()
    with this.lap("load"):
        pipeline.load()
    with this.lap("marts"), duckdb.connect(str(this.work / "warehouse.duckdb")) as db:
        db.execute("use raw")
        db.execute(LATEST)
        db.execute(f"create or replace table unit_indicators as {common.UNIT_INDICATORS}")


def show(this: Run) -> dict[str, Any]:
    """What the marts hold, and which files were refused."""
    with duckdb.connect(str(this.work / "warehouse.duckdb"), read_only=True) as db:
        db.execute("use raw")
        tables = {name for (name,) in db.execute("select table_name from duckdb_tables()").fetchall()}
        refused = db.execute("select path, reason from refused").fetchall() if "refused" in tables else []
        return common.shown(
            db.execute(common.UNITS).fetchall(), db.execute(common.DOSSIERS).fetchall(), refused=refused
        )


if __name__ == "__main__":
    common.main(run, show)
