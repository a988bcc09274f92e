"""A small made-up warehouse on either engine, and dbt in process over it."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from cchc.datasets import DATASETS
from cchc.load import Warehouse
from cchc.load.schema import DELIVERIES, QUARANTINE
from cchc.model.dbt import keep_parse, lend_parse
from cchc.publish import open_reader
from cchc.registry.indices import digits
from cchc.registry.open import open_registry
from cchc.registry.tables import SCHEMAS, build_tables
from cchc.serve import serve
from cchc.settings import Settings

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
FIRST, LAST = date(2026, 9, 21), date(2026, 11, 5)
COMMUNES = {"X1.101": "19681", "X1.102": "19699", "X1.103": "19702"}
UNITS = ["X1.01", "X1.02", "X1.02.01", *COMMUNES]
SYSTEMS = {"onestop-a": UNITS, "onestop-b": ["X1.102", "X1.103"]}

#: What an incremental build works with; it says nothing after the build.
WORK_TABLES = {
    "int_pending_dossier_codes",
    "int_pending_transactions",
    "int_pending_feedback",
    "int_pending_letters",
    "int_cells_before",
    "int_cells_to_recompute",
    "int_unserved_keys",
}

#: The dated rules of timeliness, the limits of the integrity signals and what is declared are the packaged ones.
RULES = (
    *("reg_timeliness_rules", "reg_ending_rules", "reg_rules_in_force", "reg_integrity_signals"),
    *("reg_templates", "reg_declarables"),
)

Rows = list[dict[str, Any]]


class Built(NamedTuple):
    path: Path
    env: dict[str, str]
    settings: Settings


def duckdb_environment(folder: Path, path: Path) -> dict[str, str]:
    """What profiles.yml reads for the embedded engine."""
    return {
        "CCHC_DBT_TARGET": "duckdb",
        "CCHC_DUCKDB_PATH": str(path),
        "CCHC_DUCKDB_MEMORY": "1500MB",
        "DBT_TARGET_PATH": str(folder / "dbt" / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }


def registry_rows() -> dict[str, Rows]:
    since = date(2025, 7, 1)
    units = [("X1", None, "province", None, since, None)]
    units += [(code, None, "department", "X1", since, None) for code in ("X1.01", "X1.02")]
    units += [("X1.02.01", None, "department", "X1.02", since, None)]
    units += [(code, admin, "commune", "X1", since, None) for code, admin in COMMUNES.items()]
    units += [("X1.D1", "470", "district", "X1", date(2020, 1, 1), date(2025, 6, 30))]
    criteria = [
        ("PROCESSING_ON_TIME", "PROGRESS", 20, 100, "zero"),
        ("ONLINE_DOSSIER", "ONLINE_SERVICE", 6, 50, "zero"),
        ("PAYMENT_ONLINE_DOSSIER", "PAYMENT", 6, 100, "zero"),
        ("REUSED_DIGITIZED_DATA", "DIGITISATION", 2, 80, "zero"),
        ("DOSSIER_SYNC", "TRANSPARENCY", 6, 100, "zero"),
        ("PETITION_PROCESSING_ON_TIME", "SATISFACTION", 6, 100, "maximum"),
        ("DOSSIER_RECEIVING_SATISFACTION", "SATISFACTION", 6, 90, "zero"),
    ]
    deliverers = [(system, "dossiers", unit) for system, units_of in SYSTEMS.items() for unit in units_of]
    deliverers += [("pay", "payments", "X1"), ("pakn", "feedback", "X1"), ("police", "vneid", "X1")]
    deliverers += [("letters", "apologies", "X1")]
    return {
        "reg_units": [
            {"agency_code": c, "admin_code": a, "kind": lv, "name": f"Unit {c}", "level": lv, "parent": p,
             "valid_from": f, "valid_to": t, "is_invented_code": False, "source": "test"}
            for c, a, lv, p, f, t in units
        ],
        "reg_mergers": [],
        "reg_procedures": [
            {"procedure_code": f"1.00000{n}", "name": f"Procedure {n}", "fee_vnd": fee, "valid_from": f, "valid_to": t}
            for n, fee, f, t in [
                (1, 0, since, None), (2, 50_000, since, None),
                (3, 8_000, since, date(2026, 9, 30)), (3, 0, date(2026, 10, 1), None),
            ]
        ],
        "reg_system_units": [
            {"system": s, "system_name": s, "dataset": d, "dialect": "onecsv", "unit": u, "valid_from": since,
             "due_days": 1, "due_time": "07:00"}
            for s, d, u in deliverers
        ],
        "reg_methods": [
            {"method": "old", "name_vi": "cũ", "name_en": "old", "valid_from": date(2025, 1, 1),
             "valid_to": date(2026, 9, 30), "is_default": True, "late_days": 3, "objection_days": 5,
             "nearest_peers": 10},
            {"method": "new", "name_vi": "mới", "name_en": "new", "valid_from": date(2026, 10, 1), "is_default": True,
             "late_days": 3, "objection_days": 5, "nearest_peers": 10},
        ],
        "reg_volume_classes": [
            {"method": m, "lower_bound": bound} for m in ("old", "new") for bound in (0, 12)
        ],
        "reg_criteria": [
            {"method": m, "criterion": c, "group_name": g, "position": n, "max_score": pa_decimal(top, 2),
             "full_at_percent": pa_decimal(full, 4), "zero_denominator": zero, "name_vi": c, "name_en": c}
            for m in ("old", "new")
            for n, (c, g, top, full, zero) in enumerate(criteria)
        ],
        "reg_groups": [
            {"method": m, "group_name": g, "position": n, "name_vi": f"Nhóm {g}", "name_en": f"Group {g}",
             "max_score": pa_decimal(sum(c[2] for c in criteria if c[1] == g), 2)}
            for m in ("old", "new") for n, g in enumerate(dict.fromkeys(c[1] for c in criteria), start=1)
        ],
        "reg_bands": [
            {"method": m, "band": b, "name_vi": b, "name_en": b, "lower_bound": pa_decimal(low, 2),
             "valid_from": date(2025, 1, 1)}
            for m in ("old", "new") for b, low in [("good", 60), ("weak", 0)]
        ],
        "reg_indicators": [
            {"indicator": c, "name_vi": c, "name_en": c, "unit_of_measure": "percent", "source": "test"}
            for c in sorted({row["indicator"] for row in build_tables(open_registry())["reg_indicators"].to_pylist()})
        ],
        "reg_targets": [
            {"indicator": "ONLINE_DOSSIER", "unit_code": u, "level": lv, "period_from": date(2026, 1, 1),
             "operator": ">=", "target_percent": pa_decimal(t, 4), "source": "test"}
            for u, lv, t in [(None, None, 30), (None, "commune", 40), ("X1.101", None, 50)]
        ],
        "reg_calendar": [{"day": date(2026, 9, 2), "is_working_day": False, "holiday_vi": "Quốc khánh"}],
        "reg_periods": [
            {"kind": "custom", "period_start": date(2026, 9, 15), "period_end": date(2026, 12, 14),
             "label_vi": "Quý báo cáo", "label_en": "Report quarter"}
        ],
        "reg_published": [
            {"figure_id": "f1", "unit_code": "X1", "scope": "subtree", "period_start": date(2026, 10, 1),
             "period_end": date(2026, 10, 31), "measure": "received", "published_value": pa_decimal(7, 4),
             "operator": "=", "decimals": 0, "unit_of_measure": "count"}
        ],
    } | index_rows()  # fmt: skip


def index_rows() -> dict[str, Rows]:
    """A scheme of two years whose maximum changed, a corrected publication, and values that fit and do not fit."""
    first, second = date(2025, 1, 1), date(2026, 1, 1)
    nodes = [
        ("total", None, None, 100, first, None),
        ("a", "total", "council", 60, first, date(2025, 12, 31)),
        ("a", "total", "council", 70, second, None),
        ("b", "total", "survey", 30, first, None),
        ("plus", "total", "bonus", 5, first, None),
        ("minus", "total", "penalty", None, first, None),
    ]
    editions = [("own-2025", 2025, 1), ("own-2025-2", 2025, 2), ("own-2026", 2026, 1)]
    values = [
        ("own-2025", "X1.101", "total", "88.42", "88.42", 1),
        ("own-2025", "X1.101", "a", "55.00", "91.67", 1),
        ("own-2025", "X1.101", "b", "28.81", "96.04", 2),
        ("own-2025", "X1.101", "plus", "5", None, None),
        ("own-2025", "X1.101", "minus", "-0.39", None, None),
        ("own-2025", "X1.102", "total", "90", "91.0", 2),
        ("own-2025-2", "X1.101", "total", "88.43", "88.4", 1),
        ("own-2025-2", "X1.101", "a", "55.00", "91.66", 1),
        ("own-2026", "X1.101", "a", "55", "78.57", 3),
        ("own-2026", "X1.102", "a", None, None, 2),
    ]
    return {
        "reg_index_schemes": [
            {"scheme": "own", "family": "PAR_INDEX", "name_vi": "riêng", "name_en": "own", "level": "commune",
             "valid_from": first, "source": "test", "verified": True}
        ],
        "reg_index_nodes": [
            {"scheme": "own", "node": n, "parent": p, "position": at, "kind": k, "name_vi": n, "name_en": n,
             "max_score": None if top is None else pa_decimal(top, 4), "max_basis": top and "stated",
             "valid_from": f, "valid_to": t, "source": "test", "verified": True}
            for at, (n, p, k, top, f, t) in enumerate(nodes)
        ],
        "reg_index_figures": [
            {"scheme": "own", "node": "a", "indicator": i, "valid_from": first, "source": "test", "verified": True}
            for i in ("PROCESSING_ON_TIME", "ONLINE_DOSSIER", "DOSSIER_SYNC")
        ],
        "reg_index_editions": [
            {"edition": e, "scheme": "own", "year": y, "revision": r, "period_start": date(y, 1, 1),
             "period_end": date(y, 12, 31), "ranked_units": 3, "source": "test"}
            for e, y, r in editions
        ],
        "reg_index_values": [
            {"edition": e, "unit_code": u, "node": n, "score": score and Decimal(score),
             "score_digits": digits(Decimal(score)) if score else None, "percent": percent and Decimal(percent),
             "percent_digits": digits(Decimal(percent)) if percent else None, "rank": rank, "rank_change": 1,
             "self_score": Decimal("56.5") if n == "a" else None,
             "recognised_score": Decimal("55") if n == "a" else None, "source": "test"}
            for e, u, n, score, percent, rank in values
        ],
    }  # fmt: skip


def pa_decimal(value: int, scale: int) -> Any:
    return Decimal(value).quantize(Decimal(1).scaleb(-scale))


def _dossier(chance: random.Random, system: str, unit: str, number: int, day: date) -> dict[str, Any]:
    received = datetime(day.year, day.month, day.day, 8) - timedelta(days=chance.randint(0, 25), minutes=number)
    status = chance.choice([1, 2, 3, 4, 4, 5, 5, 7, 8, 9, 10, 10])
    asked = chance.randint(0, 2)
    ended = received + timedelta(hours=chance.randint(1, 300))
    fees = chance.choice([None, "0", "50000"])
    return {
        "system": system, "delivering_unit": unit, "export_date": day,
        "dossier_code": f"D{number}", "procedure_code": f"1.00000{chance.randint(1, 3)}",
        "receiving_unit": chance.choice(UNITS), "handling_unit": unit, "applicant_kind": "citizen",
        "channel": chance.choice(["direct", "online", "online", "postal"]), "submitted_at": received,
        "received_at": None if status == 1 else received,
        "due_at": chance.choice([None, *[received + timedelta(hours=chance.randint(5, 200))] * 6]),
        "finished_at": chance.choice([None, ended]) if status in (3, 7, 8, 9, 10) else None,
        "returned_at": ended if status == 10 else None, "refused_at": ended if status == 3 else None,
        "status": status, "has_digitised_parts": chance.random() < 0.5, "vneid_verified": chance.random() < 0.5,
        "online_payment": chance.randint(0, 2), "fees": fees, "fee_count": 0 if fees is None else 1,
        "fee_total_vnd": int(fees or 0), "supplement_count": asked,
        "first_supplement_requested_at": received + timedelta(hours=3) if asked else None,
        "supplement_wait_seconds": 3600 * chance.randint(0, 90) if asked else 0,
        "reused_part": chance.random() < 0.3, "from_personal_store": None, "has_electronic_result": status == 10,
        "updated_at": chance.choice([None, received + timedelta(hours=1)]),
    }  # fmt: skip


def deliveries(seed: int, first: date, last: date, step: int = 5) -> dict[str, Rows]:
    """Rows of the raw datasets for every ``step`` days, dossier numbers shared by both systems."""
    chance, letters = random.Random(seed), random.Random(-seed)  # letters leave the draws of the others as they are
    rows: dict[str, Rows] = {dataset: [] for dataset in DATASETS}
    day = first
    while day <= last:
        for system, units in SYSTEMS.items():
            for unit in units:
                base = 1000 * UNITS.index(unit)
                for number in chance.sample(range(base, base + 40), 8):
                    rows["dossiers"].append(_dossier(chance, system, unit, number, day))
        stamp = datetime(day.year, day.month, day.day, 9)
        for _ in range(12):
            unit = chance.choice(UNITS)
            number = f"D{1000 * UNITS.index(unit) + chance.randint(0, 45)}"
            common = {"export_date": day, "delivering_unit": "X1", "unit": unit}
            rows["payments"].append(
                common | {"system": "pay", "transaction_code": f"T{chance.randint(0, 60)}", "dossier_code": number,
                          "amount_vnd": 50_000, "gateway": 1, "paid_at": stamp,
                          "outcome": chance.choice(["succeeded", "succeeded", "failed", "refunded"])}
            )  # fmt: skip
            rows["apologies"].append(
                common | {"system": "letters", "dossier_code": number, "letter_number": letters.randint(1, 2),
                          "signed_at": stamp - timedelta(days=letters.randint(0, 30)), "new_due_at": None,
                          "sent": letters.choice([True, True, False])}
            )  # fmt: skip
            rows["feedback"].append(
                common | {"system": "pakn", "feedback_code": f"F{chance.randint(0, 40)}", "received_at": stamp,
                          "dossier_code": chance.choice([None, number]),
                          "satisfied": chance.choice([None, True, False]),
                          "kind": chance.choice(["regulation", "staff", "rating"]),
                          "due_at": chance.choice([None, stamp + timedelta(days=9)]),
                          "answered_at": chance.choice([None, stamp + timedelta(days=chance.randint(0, 15))])}
            )  # fmt: skip
        for n, admin in enumerate(COMMUNES.values()):
            if chance.random() < 0.8:
                rows["vneid"].append(
                    {"system": "police", "delivering_unit": "X1", "export_date": day, "commune_code": admin,
                     "as_of_date": day, "chip_card_holders": 1000 + n, "activated_level1": 300 + day.day,
                     "activated_level2": 100 + n}
                )  # fmt: skip
        day += timedelta(days=step)
    return rows


def _number(rows: dict[str, Rows], revision: int) -> Rows:
    """Give every row its revision and number, and write the deliveries."""
    files: dict[tuple[Any, ...], int] = {}
    for dataset, of_dataset in rows.items():
        for row in of_dataset:
            key = (row["system"], row["delivering_unit"], row["export_date"], dataset)
            files[key] = files.get(key, 0) + 1
            row["revision_id"] = "-".join(map(str, key)) + f"-{revision}"
            row["row_number"] = files[key]
    return [
        {"revision_id": "-".join(map(str, key)) + f"-{revision}", "system": key[0], "unit": key[1],
         "export_date": key[2], "dataset": key[3], "path": "/".join(map(str, key)), "revision": revision,
         "sha256": "0", "size_bytes": 1, "outcome": "accepted", "rows_read": n, "rows_accepted": n,
         "rows_quarantined": 0, "rows_duplicate": 0, "repeats": 0, "in_force": True,
         "arrived_at": datetime(key[2].year, key[2].month, key[2].day, 20) + timedelta(hours=12 * (n % 3))}
        for key, n in files.items()
    ]  # fmt: skip


def registry_tables(changed: Mapping[str, Rows] | None = None) -> dict[str, pa.Table]:
    """The small registry as tables; ``changed`` stands in the place of the tables it names."""
    packaged = build_tables(open_registry())
    rules = {name: packaged[name].to_pylist() for name in RULES}
    rows = {name: [] for name in SCHEMAS} | registry_rows() | rules | dict(changed or {})
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in SCHEMAS.items()}


def fill(warehouse: Warehouse) -> None:
    """Registry and the first deliveries, one of them refused, one row in quarantine."""
    warehouse.sync_registry(registry_tables(), "test")
    rows = deliveries(1, FIRST, date(2026, 10, 31))
    files = _number(rows, 1)
    refused = files[0] | {"revision_id": "refused", "export_date": LAST, "outcome": "refused", "reason": "zero_bytes",
                          "rows_read": 0, "rows_accepted": 0, "in_force": False}  # fmt: skip
    files[0] |= {"rows_quarantined": 1, "rows_read": files[0]["rows_read"] + 1}
    broken = {"revision_id": files[0]["revision_id"], "row_number": 99, "dataset": "dossiers",
              "system": files[0]["system"], "delivering_unit": files[0]["unit"], "export_date": files[0]["export_date"],
              "rule": "bad_date", "rules": "bad_date", "payload": "{}"}  # fmt: skip
    _append(warehouse, rows, [*files, refused])
    warehouse.append_table("quarantine", pa.Table.from_pylist([broken], schema=QUARANTINE))


def _append(warehouse: Warehouse, rows: Mapping[str, Rows], files: Rows) -> None:
    for dataset, of_dataset in rows.items():
        warehouse.append_table(dataset, pa.Table.from_pylist(of_dataset, schema=DATASETS[dataset].raw_schema))
    warehouse.append_table("deliveries", pa.Table.from_pylist(files, schema=DELIVERIES))


KEYS = {
    "dossiers": "dossier_code",
    "payments": "transaction_code",
    "feedback": "feedback_code",
    "apologies": "dossier_code",
}


def change(warehouse: Warehouse, seed: int, day: date) -> None:
    """One more day arrives, and a corrected file takes rows away: notes the touched keys as the loader does."""
    for dataset, key in KEYS.items():
        gone = warehouse.execute(
            f"select revision_id from raw.{dataset} where revision_id like '%-1' order by revision_id limit 1"
        )[0][0]
        touched = f"select distinct '{dataset}', {key} from raw.{dataset} where revision_id = '{gone}'"
        warehouse.execute(f"insert into raw.building {touched}")
        warehouse.execute(f"delete from raw.{dataset} where revision_id = '{gone}'")
        warehouse.execute(f"delete from raw.quarantine where revision_id = '{gone}'")
        warehouse.execute(
            "update raw.deliveries set rows_accepted = 0, rows_read = 0, rows_quarantined = 0 "
            f"where revision_id = '{gone}'"
        )
    rows = deliveries(seed, day, day)
    files = _number(rows, seed)
    _append(warehouse, rows, files)
    for dataset, key in KEYS.items():
        warehouse.execute(
            f"insert into raw.building select distinct '{dataset}', {key} from raw.{dataset} "
            f"where revision_id like '%-{seed}'"
        )


def served_by(settings: Settings, env: Mapping[str, str], anew: bool) -> dict[str, Rows]:
    """Serve a built warehouse as the product does; returns what readers then see, without the build's own clock."""
    manifest = Path(env["DBT_TARGET_PATH"]) / "manifest.json"
    if manifest != (place := settings.dbt_target / "manifest.json"):
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(manifest, place)
    serve(settings, 1, anew)
    with open_reader(settings) as reader:
        found = {name: reader.rows(f"select * from pub.{name}") for name in sorted(reader.served() - {"build_v1"})}
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Environment variables for the time of one dbt run."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def dbt(env: Mapping[str, str], *arguments: str, expect_success: bool = True) -> Any:
    """Run dbt in process; returns its result. Lets go of the DuckDB file afterwards."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--quiet", "--no-use-colors"]
    target = Path(env["DBT_TARGET_PATH"])
    path = Path(env.get("CCHC_DUCKDB_PATH", target.parent / "none.duckdb"))  # another engine has no such file
    lend_parse(PROJECT, target)
    # the file as the product names it, so that what dbt read for one folder serves the next
    with chdir(path.parent), environment(**env | {"CCHC_DUCKDB_PATH": path.name}):
        outcome = dbtRunner().invoke([*arguments, *where])
    DuckDBConnectionManager.close_all_connections()
    if env["CCHC_DBT_TARGET"] == "duckdb" and path.name == "warehouse.duckdb":
        keep_parse(PROJECT, target)
    results = getattr(outcome.result, "results", None) or []
    good = ("success", "pass", "skipped", "no-op")  # no-op: an exposure
    failed = [f"{r.node.name}: {r.status}: {r.message}" for r in results if r.status not in good]
    if expect_success:
        assert outcome.exception is None, outcome.exception
        assert not failed, "\n".join(failed)
    return outcome.result
