"""Spark 3.5, local on all cores: files into a Parquet table partitioned by day and unit, the marts as Parquet.

A file that was seen with another time of change is read again, and its partition is overwritten (dynamic overwrite).
A message that is no JSON is set aside by the parser (permissive mode); a value that can't be cast stops the run
(ANSI). Parquet alone has no transactions: a table format that has (Delta, Iceberg) needs jars from outside PyPI.
"""

from __future__ import annotations

import json
import shutil
from functools import reduce
from typing import Any

import common
from common import CSV_SYSTEM, DATES, FLAGS, KEYS_2022, LISTS_2022, NUMBERS, ORIGIN, TEXTS, Run
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql import types as t

COLUMNS = (*TEXTS, *DATES, *FLAGS, *NUMBERS, *ORIGIN)
LATEST = """
select * from (
    select *, row_number() over (partition by dossier_code order by export_date desc, row_number desc) as place
    from dossiers)
where place = 1
"""


def session(this: Run) -> SparkSession:
    """As much memory as such a job is given, no web page, times as they are written."""
    options = {
        "spark.driver.memory": "6g",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.adaptive.enabled": "true",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.sources.partitionOverwriteMode": "dynamic",
        "spark.sql.warehouse.dir": str(this.work / "spark"),
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }
    builder = reduce(lambda b, option: b.config(*option), options.items(), SparkSession.builder.master("local[*]"))
    spark = builder.appName("peer").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark


def _mapped(column: Column, codes: dict[str, str]) -> Column:
    return f.create_map(*(f.lit(each) for pair in codes.items() for each in pair))[column]


def _with_origin(rows: DataFrame, of_file: Column) -> DataFrame:
    """Path below the exports, day and unit; a file of Spark has no row numbers, so they stay empty."""
    path = f.regexp_extract(of_file, "([^/]+/[^/]+/[^/]+/[^/]+)$", 1)
    return rows.withColumns(
        {
            "path": path,
            "row_number": f.lit(None).cast("bigint"),
            "export_date": f.split(path, "/")[2].cast("date"),
            "delivering_unit": f.split(path, "/")[1],
        }
    ).withColumn("handling_unit", f.coalesce("handling_unit", "delivering_unit"))


def of_csv(spark: SparkSession, paths: list[str], reference: common.Reference) -> DataFrame:
    """The rows of the office's tables."""
    headings = reference.headings()
    rows = spark.read.csv(paths, header=True, quote='"', escape='"', encoding="UTF-8", mode="FAILFAST")

    def column(name: str) -> Column:
        return f.col(f"`{headings[name]}`")

    def date(text: Column) -> Column:
        return f.to_timestamp_ntz(text, f.lit("dd/MM/yyyy HH:mm"))

    parts = f.split(f.split(column("supplements"), r"\|")[0], " - ")
    answered = f.try_element_at(parts, f.lit(2))
    fees = f.split(f.replace(column("fees"), f.lit("."), f.lit("")), r"\|")
    made = rows.select(
        f.upper(f.trim(column("dossier_code"))).alias("dossier_code"),
        *(column(name).alias(name) for name in TEXTS[1:4]),
        *(_mapped(column(name), reference.labels(name)).alias(name) for name in TEXTS[4:]),
        *(date(column(name)).alias(name) for name in DATES[:6]),
        date(parts[0]).alias("asked_at"),
        date(f.when(answered != "", answered)).alias("answered_at"),
        *((column(name) == "Có").alias(name) for name in FLAGS),
        *(_mapped(column(name), reference.labels(name)).cast("int").alias(name) for name in NUMBERS[:2]),
        f.aggregate(
            f.transform(fees, lambda fee: fee.cast("bigint")), f.lit(0).cast("bigint"), lambda a, b: a + b
        ).alias("fee_vnd"),
        f.col("_metadata.file_path").alias("of_file"),
    )
    return _with_origin(made, f.col("of_file"))


def messages(spark: SparkSession, paths: list[str]) -> DataFrame:
    """One row a message, its records as a list; what is no JSON has none."""
    text = t.StringType()
    lists = [
        t.StructField(name, t.ArrayType(t.StructType([t.StructField(key, text) for key in keys])))
        for name, keys in LISTS_2022.items()
    ]
    record = t.StructType([*(t.StructField(key, text) for key in KEYS_2022.values()), *lists])
    schema = t.StructType([t.StructField("data", t.ArrayType(record)), t.StructField("_corrupt_record", text)])
    read = spark.read.schema(schema).json(paths, multiLine=True, mode="PERMISSIVE", encoding="UTF-8")
    return read.select("data", f.col("_metadata.file_path").alias("of_file"))


def of_json(read: DataFrame) -> DataFrame:
    """The records of the messages."""
    rows = read.select(f.explode("data").alias("d"), "of_file").select("d.*", "of_file")

    def date(text: Column) -> Column:
        return f.to_timestamp_ntz(f.when(text != "", text), f.lit("yyyyMMddHHmmss"))

    first = f.try_element_at("DanhSachHoSoBoSung", f.lit(1))
    names = {key: name for name, key in KEYS_2022.items()}
    papers, results = f.col("TaiLieuNop"), f.col("DanhSachGiayToKetQua")
    of_paper = f.transform(papers, lambda paper: paper["DuongDanTaiTepTin"])
    made = rows.select(
        f.upper(f.trim("MaHoSo")).alias("dossier_code"),
        f.col("MaTTHC").alias("procedure_code"),
        f.lit(None).cast("string").alias("receiving_unit"),
        f.when(f.col("DonViXuLy") != "", f.col("DonViXuLy")).alias("handling_unit"),
        _mapped(f.col("LoaiDoiTuong"), common.KINDS_2022).alias("applicant_kind"),
        _mapped(f.col("KenhThucHien"), common.CHANNELS_2022).alias("channel"),
        *(date(f.col(key)).alias(names[key]) for key in KEYS_2022.values() if names[key] in DATES),
        date(first["NgayBoSung"]).alias("asked_at"),
        date(first["NgayTiepNhanBoSung"]).alias("answered_at"),
        *((f.col(KEYS_2022[name]) == "1").alias(name) for name in FLAGS[:2]),
        f.exists(papers, lambda paper: paper["DuocTaiSuDung"] == "1").alias("reused_part"),
        f.exists(papers, lambda paper: paper["DuocLayTuKhoDMQG"] == "1").alias("from_personal_store"),
        f.exists(
            results,
            lambda result: (
                (result["MaGiayToKetQua"] != "")
                & (result["DuongDanTepTinKetQua"] != "")
                & ~f.array_contains(of_paper, result["DuongDanTepTinKetQua"])
            ),
        ).alias("has_electronic_result"),
        *(f.col(KEYS_2022[name]).cast("int").alias(name) for name in NUMBERS[:2]),
        f.aggregate(
            "DanhSachLePhi", f.lit(0).cast("bigint"), lambda total, fee: total + fee["Gia"].cast("bigint")
        ).alias("fee_vnd"),
        "of_file",
    )
    return _with_origin(made, f.col("of_file"))


def run(this: Run) -> None:
    """Overwrite the partitions of what changed, then write both marts anew."""
    paths, seen = this.news()
    if not paths:
        return
    with this.lap("start"):
        spark = session(this)
    whole, marts = str(this.work / "dossiers"), this.work / "marts"
    with this.lap("load"):
        full = {path: str(this.exports / path) for path in paths}
        parts = []
        if tables := [name for path, name in full.items() if path.startswith(CSV_SYSTEM)]:
            parts.append(of_csv(spark, tables, this.reference))
        if notes := [name for path, name in full.items() if not path.startswith(CSV_SYSTEM)]:
            read = messages(spark, notes)
            parts.append(of_json(read))
            broken = read.where("data is null").select("of_file", f.lit("no JSON").alias("reason"))
            broken.write.mode("append").parquet(str(this.work / "refused"))
        rows = reduce(DataFrame.unionByName, parts).select(*COLUMNS, "delivering_unit")
        rows.write.mode("overwrite").partitionBy("export_date", "delivering_unit").parquet(whole)
    with this.lap("marts"):
        spark.read.parquet(whole).createOrReplaceTempView("dossiers")
        spark.sql(LATEST).drop("place").write.mode("overwrite").parquet(f"{marts}.new/dossier_latest")
        spark.read.parquet(f"{marts}.new/dossier_latest").createOrReplaceTempView("dossier_latest")
        spark.sql(common.UNIT_INDICATORS).coalesce(1).write.mode("overwrite").parquet(f"{marts}.new/unit_indicators")
        shutil.rmtree(marts, ignore_errors=True)
        (this.work / "marts.new").rename(marts)
    spark.stop()
    this.state.write_text(json.dumps(seen))


def show(this: Run) -> dict[str, Any]:
    """What the marts hold, and which files were refused."""
    spark = session(this)
    for name in ("unit_indicators", "dossier_latest"):
        spark.read.parquet(str(this.work / "marts" / name)).createOrReplaceTempView(name)
    refused = spark.read.parquet(str(this.work / "refused")).collect()
    found = common.shown(spark.sql(common.UNITS).collect(), spark.sql(common.DOSSIERS).collect(), refused=refused)
    spark.stop()
    return found


if __name__ == "__main__":
    common.main(run, show)
