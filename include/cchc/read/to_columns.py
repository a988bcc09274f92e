"""The SQL that makes text columns of what a reader cut out: looked up by dataset and dialect.

``sql/<dataset>_<dialect>.sql`` where records nest, else ``sql/<dataset>_cells.sql`` or ``_records.sql``, else the plain
``cells.sql`` or ``records.sql``. The files hold what nests; ``$keys`` and ``$columns`` are filled from
``cchc.datasets``, so that no key is written down twice.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from string import Template

from cchc.datasets import DATASETS
from cchc.datasets.dialects import DIALECTS

_FOLDER = files("cchc.read").joinpath("sql")


@lru_cache
def sql_of(dataset: str, dialect: str) -> str:
    """A query over ``source_rows`` with ``file_no``, ``row_number``, ``row_hash`` and every text column."""
    row = DIALECTS[dialect]
    kind = "records" if row.records else "cells"
    names = (f"{dataset}_{dialect}.sql", f"{dataset}_{kind}.sql", f"{kind}.sql")
    file = next(_FOLDER.joinpath(name) for name in names if _FOLDER.joinpath(name).is_file())
    keys = row.key_of(dataset)
    if row.records:
        columns = [f'r."{keys[name]}" as {name}' for name in DATASETS[dataset].text_columns if name in keys]
    else:
        columns = list(DATASETS[dataset].text_columns)
    return Template(file.read_text(encoding="utf-8")).substitute(
        keys=", ".join(f'"{key}": "VARCHAR"' for key in keys.values()), columns=",\n    ".join(columns)
    )
