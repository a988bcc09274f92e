"""pandas, Great Expectations and PostgreSQL: two processes read, GX judges, ADBC copies, SQL makes the marts.

A file that was seen with another time of change is read again, and its rows replace the former ones in one
transaction. Rows that fail an expectation go to ``quarantine`` with rule, file and row; a file that can't be read
goes to ``refused``.
"""

from __future__ import annotations

import os

os.environ |= {"GX_ANALYTICS_ENABLED": "false"}

import io
import json
import logging
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any

import common
import msgspec
import pandas as pd
import psycopg
import pyarrow as pa
from adbc_driver_postgresql import dbapi
from common import CSV_SYSTEM, DATES, FLAGS, KEYS_2022, LISTS_2022, NUMBERS, ORIGIN, TEXTS, Reference, Run

COLUMNS = [*TEXTS, *DATES, *FLAGS, *NUMBERS, *ORIGIN]
#: Dates of which a text was given that is none, for the rule that says so.
BAD_DATES = "bad_dates"

TABLES = """
create table if not exists dossiers (
    dossier_code text, procedure_code text, receiving_unit text, handling_unit text, applicant_kind text, channel text,
    submitted_at timestamp, received_at timestamp, due_at timestamp, finished_at timestamp, returned_at timestamp,
    refused_at timestamp, asked_at timestamp, answered_at timestamp,
    has_digitised_parts boolean, vneid_verified boolean, reused_part boolean, from_personal_store boolean,
    has_electronic_result boolean,
    status bigint, online_payment bigint, fee_vnd bigint, path text, row_number bigint, export_date date);
create table if not exists quarantine (path text, row_number bigint, rule text);
create table if not exists refused (path text, reason text);
create table if not exists dossier_latest (like dossiers);
create table if not exists unit_indicators (unit text, received bigint, on_time bigint, online bigint, digitised bigint,
    vneid bigint, paid_online bigint, electronic bigint, online_percent numeric);
"""
#: What a file said before goes; the dossiers that it named are remembered.
FORGET = """
create temporary table touched on commit drop as
    select dossier_code from dossiers where path in (select path from changed where fine);
delete from dossiers where path in (select path from changed where fine);
delete from quarantine where path in (select path from changed where fine);
delete from refused where path in (select path from changed);
"""
#: Everything at first; later the dossiers that a changed file names or named, from the files that have them.
LATEST_OF_ALL = """
insert into dossier_latest
select distinct on (dossier_code) * from dossiers order by dossier_code, export_date desc, row_number desc;
create index dossiers_path on dossiers (path);
create index dossiers_code on dossiers (dossier_code);
create index dossier_latest_code on dossier_latest (dossier_code);
analyze dossiers; analyze dossier_latest;
"""
LATEST_OF_TOUCHED = """
insert into touched select dossier_code from dossiers where path in (select path from changed where fine);
delete from dossier_latest where dossier_code in (select dossier_code from touched);
insert into dossier_latest
select distinct on (dossier_code) * from dossiers where dossier_code in (select dossier_code from touched)
order by dossier_code, export_date desc, row_number desc;
"""


def of_json(content: bytes) -> pd.DataFrame:
    """The records of one message, dates still text."""
    Record = _record()
    records = msgspec.json.decode(content, type=_message(Record)).data
    frame = pd.DataFrame({name: [getattr(r, key) for r in records] for name, key in KEYS_2022.items()})
    frame = frame.mask(frame == "")
    frame["dossier_code"] = frame["dossier_code"].str.strip().str.upper()
    frame["receiving_unit"] = pd.Series(None, index=frame.index, dtype="str")
    frame["applicant_kind"] = frame["applicant_kind"].map(common.KINDS_2022)
    frame["channel"] = frame["channel"].map(common.CHANNELS_2022)
    asked = [r.DanhSachHoSoBoSung[0] if r.DanhSachHoSoBoSung else None for r in records]
    frame["asked_at"] = [(a and a.NgayBoSung) or None for a in asked]
    frame["answered_at"] = [(a and a.NgayTiepNhanBoSung) or None for a in asked]
    frame["reused_part"] = [any(p.DuocTaiSuDung == "1" for p in r.TaiLieuNop) for r in records]
    frame["from_personal_store"] = [any(p.DuocLayTuKhoDMQG == "1" for p in r.TaiLieuNop) for r in records]
    frame["has_electronic_result"] = [_electronic(r) for r in records]
    for name in FLAGS[:2]:
        frame[name] = frame[name] == "1"
    frame["fee_vnd"] = pd.array([sum(int(f.Gia) for f in r.DanhSachLePhi) for r in records], dtype="Int64")
    return frame


def _electronic(record: Any) -> bool:
    papers = {paper.DuongDanTaiTepTin for paper in record.TaiLieuNop}
    return any(
        r.MaGiayToKetQua and r.DuongDanTepTinKetQua and r.DuongDanTepTinKetQua not in papers
        for r in record.DanhSachGiayToKetQua
    )


def _record() -> Any:
    lists: list[Any] = []
    for name, keys in LISTS_2022.items():
        item = msgspec.defstruct(name, [(key, str, "") for key in keys])
        lists.append((name, list[item], msgspec.field(default_factory=list)))  # type: ignore[valid-type]
    return msgspec.defstruct("Record", [*((key, str, "") for key in KEYS_2022.values()), *lists])


def _message(record: Any) -> Any:
    return msgspec.defstruct("Message", [("data", list[record])])


def of_csv(content: bytes, reference: Reference) -> pd.DataFrame:
    """The rows of one file of the office's table, dates still text."""
    headings = reference.headings()
    wanted = {heading: name for name, heading in headings.items() if not name.startswith("personal:")}
    frame = pd.read_csv(io.BytesIO(content), dtype=str, usecols=list(wanted), engine="pyarrow", encoding="utf-8-sig")
    frame = frame.rename(columns=wanted).astype("str")  # a column without any value would be none of text
    frame["dossier_code"] = frame["dossier_code"].str.strip().str.upper()
    for name in ("applicant_kind", "channel", "status", "online_payment"):
        frame[name] = frame[name].map(reference.labels(name))
    for name in FLAGS:
        frame[name] = frame[name] == "Có"
    asked = frame.pop("supplements").str.extract(r"^([^|]*?) - ([^|]*)")  # of the first request
    frame["asked_at"], frame["answered_at"] = asked[0], asked[1].replace("", None)
    fees = frame.pop("fees").str.replace(".", "", regex=False)
    several = fees.str.contains("|", regex=False).fillna(False)
    fees = fees.mask(several, fees[several].map(lambda text: str(sum(map(int, text.split("|"))))))
    frame["fee_vnd"] = fees.astype("Int64")
    return frame


def read(path: str, exports: Path, reference: Reference) -> pd.DataFrame | tuple[str, str]:
    """One file with typed columns, or its path and why it was refused."""
    system, unit, day = path.split("/")[:3]
    try:
        content = (exports / path).read_bytes()
        frame = of_csv(content, reference) if system == CSV_SYSTEM else of_json(content)
        form = "%d/%m/%Y %H:%M" if system == CSV_SYSTEM else "%Y%m%d%H%M%S"
        bad = pd.Series(0, index=frame.index)
        for name in DATES:
            typed = pd.to_datetime(frame[name], format=form, errors="coerce")
            bad += frame[name].notna() & typed.isna()
            frame[name] = typed
        for name in ("status", "online_payment"):
            frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("Int64")
    except Exception as error:
        return path, type(error).__name__
    frame["handling_unit"] = frame["handling_unit"].fillna(unit)
    frame["path"], frame["row_number"], frame["export_date"] = path, range(1, len(frame) + 1), pd.Timestamp(day).date()
    frame[BAD_DATES] = bad.where(bad > 0)
    return frame[[*COLUMNS, BAD_DATES]]


def judge(frame: pd.DataFrame, reference: Reference) -> pd.Series:
    """The first rule that each bad row breaks, by the frame's index."""
    import great_expectations as gx
    from great_expectations import expectations as gxe

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    hours = (frame["received_at"] - frame["submitted_at"]).dt.total_seconds() / 3600
    judged = frame.assign(hours_from_submission=hours)
    pair = {"or_equal": True, "ignore_row_if": "either_value_is_missing"}
    rules = [
        ("no_key", gxe.ExpectColumnValuesToNotBeNull(column="dossier_code")),
        ("bad_date", gxe.ExpectColumnValuesToBeNull(column=BAD_DATES)),
        ("unknown_status", gxe.ExpectColumnValuesToNotBeNull(column="status")),
        ("unknown_status", gxe.ExpectColumnValuesToBeInSet(column="status", value_set=list(range(1, 11)))),
        ("unknown_channel", gxe.ExpectColumnValuesToNotBeNull(column="channel")),
        ("unknown_unit", gxe.ExpectColumnValuesToBeInSet(column="handling_unit", value_set=reference.units())),
        (
            "unknown_procedure",
            gxe.ExpectColumnValuesToBeInSet(column="procedure_code", value_set=reference.procedures()),
        ),
        ("negative_amount", gxe.ExpectColumnValuesToBeBetween(column="fee_vnd", min_value=0)),
        (
            "received_before_submitted",
            gxe.ExpectColumnValuesToBeBetween(column="hours_from_submission", min_value=-24),
        ),
        (
            "finished_before_received",
            gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="finished_at", column_B="received_at", **pair),
        ),
        (
            "due_before_received",
            gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="due_at", column_B="received_at", **pair),
        ),
    ]
    for rule, expectation in rules:
        expectation.meta = {"rule": rule}
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batch = context.data_sources.add_pandas("pandas").add_dataframe_asset("dossiers")
    whole = batch.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": judged})
    suite = gx.ExpectationSuite("dossiers", expectations=[expectation for _, expectation in rules])
    found = whole.validate(suite, result_format={"result_format": "COMPLETE", "include_unexpected_rows": False})
    broken: dict[int, str] = {}
    for result in found.results:
        for index in result.result.get("unexpected_index_list") or ():
            broken.setdefault(index, result.expectation_config.meta["rule"])
    return pd.Series(broken, dtype="str")


def every(cursor: Any, statements: str) -> None:
    """Several statements one after the other: the driver prepares each."""
    for statement in filter(str.strip, statements.split(";")):
        cursor.execute(statement)


def run(this: Run) -> None:
    """Read what changed, judge it, put it in the place of what the files said before, make the marts."""
    paths, seen = this.news()
    if not paths:
        return
    with this.lap("read"), ProcessPoolExecutor(2) as pool:
        parts = list(pool.map(read, paths, repeat(this.exports), repeat(this.reference), chunksize=4))
        refused = [part for part in parts if isinstance(part, tuple)]
        frame = pd.concat([part for part in parts if not isinstance(part, tuple)], ignore_index=True)
    with this.lap("judge"):
        broken = judge(frame, this.reference)
        held = frame.loc[broken.index, ["path", "row_number"]].assign(rule=broken)
        good = frame.drop(index=broken.index)[COLUMNS]
    fine = set(paths) - {path for path, _ in refused}
    with this.lap("load"), dbapi.connect(this.server) as db, db.cursor() as cursor:  # one transaction

        def put(rows: pd.DataFrame, table: str) -> None:
            cursor.adbc_ingest(table, pa.Table.from_pandas(rows, preserve_index=False), mode="append")  # to_sql commits

        first = not this.state.is_file()
        every(cursor, TABLES)
        cursor.adbc_ingest(
            "changed", pa.table({"path": paths, "fine": [path in fine for path in paths]}), temporary=True
        )
        every(cursor, FORGET)
        put(good, "dossiers")
        put(held, "quarantine")
        put(pd.DataFrame(refused, columns=["path", "reason"], dtype="str"), "refused")
        with this.lap("marts"):
            every(cursor, LATEST_OF_ALL if first else LATEST_OF_TOUCHED)
            every(cursor, f"truncate unit_indicators; insert into unit_indicators {common.UNIT_INDICATORS}")
        db.commit()
    this.seconds["load"] -= this.seconds["marts"]
    this.state.write_text(json.dumps(seen))


def show(this: Run) -> dict[str, Any]:
    """What the marts hold, which rows were held back, which files refused."""
    with psycopg.connect(this.server) as db:
        return common.shown(
            db.execute(common.UNITS).fetchall(),
            db.execute(common.DOSSIERS).fetchall(),
            db.execute("select path, row_number, rule from quarantine").fetchall(),
            db.execute("select path, reason from refused").fetchall(),
        )


if __name__ == "__main__":
    common.main(run, show)
