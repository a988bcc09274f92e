"""Run the normalising SQL of a dataset over a batch, with units and procedures resolved on the date of the export."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from string import Template

import duckdb
import numpy as np
import pyarrow as pa

from cchc.datasets import DATASETS
from cchc.datasets.declared import EVIDENCE_NAME, SHA256
from cchc.datasets.shape import AGENCY
from cchc.normalise.codes import register_maps
from cchc.normalise.columns import typed_sql
from cchc.normalise.whole_columns import hold_what_may_be_either
from cchc.read import Opened
from cchc.registry.open import Registry

log = logging.getLogger("cchc.normalise")


def normalise(con: duckdb.DuckDBPyConnection, text: pa.Table, opened: Iterable[Opened], registry: Registry) -> int:
    """Create the table ``rows`` in ``con`` from the text columns of a batch; returns how many rows it has.

    ``rows`` has ``rid`` (0..n-1, in order of file and row), lineage, canonical columns and check columns.
    """
    started, opened = time.perf_counter(), list(opened)
    dataset, dialect = opened[0].spec.dataset, opened[0].spec.dialect
    numbers = pa.array(np.arange(text.num_rows, dtype=np.int32))
    con.register("text_rows", text.append_column("rid", numbers))
    con.register("batch_files", _files(opened))
    _register_registry(con, registry, sorted({file.revision.key.export_date for file in opened}))
    doubtful = register_maps(con, dataset, dialect, registry)
    hold_what_may_be_either(con, dataset, dialect, doubtful)
    patterned = {column for file in opened for column in file.spec.code_patterns}
    sql = Template(files("cchc.normalise").joinpath(f"sql/{dataset}.sql").read_text(encoding="utf-8")).substitute(
        typed=typed_sql(dataset, patterned, any(file.spec.not_tolerated for file in opened)),
        texts=", ".join(f"{name}_text" for name in DATASETS[dataset].text_columns),
        agency=AGENCY,
        evidence_name=EVIDENCE_NAME,
        sha256=SHA256,
    )
    con.execute(f"create or replace temp table rows as {sql}")
    con.execute("drop view if exists text_rows; drop table if exists judged_rows")
    con.unregister("text_rows")
    log.info("%s/%s: %s rows, %.1f s", dataset, dialect, f"{text.num_rows:,}", time.perf_counter() - started)
    return text.num_rows


def _files(opened: list[Opened]) -> pa.Table:
    keys = [file.revision.key for file in opened]
    patterned = sorted({column for file in opened for column in file.spec.code_patterns})
    patterns = {f"{name}_pattern": [file.spec.code_patterns.get(name) for file in opened] for name in patterned}
    return pa.table(
        {
            "file_no": pa.array([file.file_no for file in opened], pa.int32()),
            "revision_id": pa.array([file.revision.id for file in opened], pa.string()),
            "system": pa.array([key.system for key in keys], pa.string()),
            "delivering_unit": pa.array([key.unit for key in keys], pa.string()),
            "export_date": pa.array([key.export_date for key in keys], pa.date32()),
            "not_tolerated": pa.array([list(file.spec.not_tolerated) for file in opened], pa.list_(pa.string())),
        }
        | {name: pa.array(texts, pa.string()) for name, texts in patterns.items()}
    )


def _register_registry(con: duckdb.DuckDBPyConnection, registry: Registry, days: list[date]) -> None:
    """What the registry knows on each export date: agency codes and commune codes; every procedure it ever held, and
    every criterion that may be declared.

    A procedure that was abolished since still has dossiers running, so its code stays known.
    """
    known = {
        "known_units": ("agency_code", [(code, day) for day in days for code in registry.unit_codes_on(day)]),
        "known_communes": (
            "admin_code",
            [(code, day) for day in days for code in registry.admin_codes_on(day, "commune")],
        ),
    }
    for name, (column, pairs) in known.items():
        codes, dates = [code for code, _ in pairs], [day for _, day in pairs]
        con.register(
            name, pa.table({column: pa.array(codes, pa.string()), "export_date": pa.array(dates, pa.date32())})
        )
    con.register("known_criteria", _criteria(registry))
    procedures = pa.array(sorted(registry.procedure_codes), pa.string())
    con.register("known_procedures", pa.table({"procedure_code": procedures}))


def _criteria(registry: Registry) -> pa.Table:
    """The criteria that may be declared, each with the part that it makes up together with others (``whole``)."""
    parts = {item.criterion: f"{item.template}/{item.part}" for item in registry.declarables if item.exhaustive}
    names = sorted(registry.declared_criteria)
    wholes = [parts.get(name) for name in names]
    return pa.table({"criterion": pa.array(names, pa.string()), "whole": pa.array(wholes, pa.string())})
