"""A night of the country holds what it says, and a history put in directly is the one that reading would have given."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from bench.country import PROVINCES, Country, Province
from bench.history import history
from bench.lives import Bench, shown, unit_frame
from bench.night import LAST_DAY, NIGHT, write_night
from bench.reference import procedures_of, reference_of
from bench.scale import CSV_SYSTEM, JSON_SYSTEM, night_of, write_scale
from cchc.ledger import open_ledger
from cchc.pipeline.run import ingest, use_reference
from cchc.settings import Settings
from contract_oracle import expected

SMALL = Country(departments=34, share=2)


def test_the_country_has_as_many_agencies_as_the_law_says() -> None:
    country = Country()
    assert len(country.provinces) == len({agency for _, agency, _ in PROVINCES}) == 34
    assert sum(len(province.communes) for province in country.provinces) == 3321
    assert sum(len(province.departments) for province in country.provinces) == 600
    json = sum(len(province.units) for province in country.provinces if province.is_json)
    assert 0.45 < json / country.units < 0.55


def test_a_night_is_accepted_whole_and_the_same_again(tmp_path: Path) -> None:
    said = [
        write_night(tmp_path / name / "exports", tmp_path / name / "reference", SMALL, rows=20, payments=True)
        for name in "ab"
    ]
    found = expected(tmp_path / "a" / "exports", tmp_path / "a" / "reference")
    assert {file.outcome for file in found.files.values()} == {"accepted"}
    assert said[0] == {"files": 2 * SMALL.units, "rows": sum(file.rows_accepted for file in found.files.values())}
    files = [sorted(path for path in (tmp_path / name).rglob("*.*") if path.is_file()) for name in "ab"]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]


def test_with_a_history_most_rows_of_the_night_are_dossiers_known_before(tmp_path: Path) -> None:
    known: dict[str, pl.DataFrame] = {}

    def keep(province: Province, rows: pl.DataFrame) -> None:
        known[province.system] = rows

    history_rows = 300 * SMALL.units
    write_night(tmp_path / "exports", tmp_path / "reference", SMALL, rows=20, history=history_rows, keep=keep)
    assert sum(map(len, known.values())) == history_rows
    province = SMALL.provinces[0]
    unit = province.units[0]
    path = tmp_path / "exports" / province.system / unit / NIGHT.isoformat() / "dossiers.csv"
    sent = pl.read_csv(path, infer_schema=False)
    codes = set(known[province.system].filter(pl.col("unit") == unit)["code"])
    again = [code in codes for code in sent["Mã hồ sơ"]]
    assert (len(again), sum(again)) == (20, 12)


def test_a_history_put_in_directly_is_what_reading_gives(tmp_path: Path) -> None:
    bench = Bench(units=4, rows=2_000)
    write_scale(tmp_path / "exports", tmp_path / "reference", units=4, rows=2_000)
    read = Settings(workdir=tmp_path / "read", exports=str(tmp_path / "exports"))
    registry = use_reference(read, tmp_path / "reference")
    ingest(read, registry, open_ledger(read.ledger), LAST_DAY, LAST_DAY)
    direct = tmp_path / "direct"
    procedures = procedures_of(reference_of())
    with history(direct, tmp_path / "reference", LAST_DAY) as add:
        for unit in range(4):
            rows = shown(unit_frame(bench, unit, procedures), night_of(bench, 0))
            add(JSON_SYSTEM if unit % 2 else CSV_SYSTEM, bool(unit % 2), rows)
    query = "select * from raw.dossiers order by revision_id, row_number"
    tables = []
    for work in (read.workdir, direct):
        with duckdb.connect(str(work / "warehouse.duckdb"), read_only=True) as db:
            tables.append(db.sql(query).to_arrow_table())
    assert tables[0].num_rows == 2_000
    assert tables[0].equals(tables[1])
    held = [open_ledger(work / "ledger.sqlite").find() for work in (read.workdir, direct)]
    names = ("id", "path", "outcome", "rows_accepted", "in_force")
    assert [[row[name] for name in names] for row in held[0]] == [[row[name] for name in names] for row in held[1]]
