"""Write the folder: beside its place first, then in it with one rename."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cchc.conceal import hidden_of_build
from cchc.editions import Edition
from cchc.errors import PermanentError
from cchc.modes import open_up
from cchc.opendata.choose import as_written, open_relations, titles
from cchc.opendata.describe import Concealment, package, readme
from cchc.opendata.tables import write_tables
from cchc.publish import Reader, open_reader
from cchc.registry.open import Registry
from cchc.serve import relations
from cchc.settings import Settings
from cchc.surroundings import translated
from cchc.table_file import replace_folder

DESCRIPTOR = "datapackage.json"
#: Licences that fit open data of a state body; which one, the office says.
LICENCES = {
    "CC-BY-4.0": ("Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC0-1.0": ("Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "ODC-BY-1.0": ("Open Data Commons Attribution License 1.0", "https://opendatacommons.org/licenses/by/1-0/"),
    "ODbL-1.0": ("Open Data Commons Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
}


def write_open_data(
    settings: Settings,
    registry: Registry,
    folder: Path,
    licence: str = "CC-BY-4.0",
    editions: Sequence[Edition] = (),
) -> dict[str, int]:
    """Write the open relations of the served state into ``folder``; returns rows by relation.

    Counts that are too small are hidden, and those that would tell one, as the site hides them that shows the same
    ``editions``. An older one there is replaced when the new one is whole. Raises ``PermanentError`` for a licence that
    is not known, for a folder that holds anything else, and where a relation is not what it says (``open_relations``).
    """
    if licence not in LICENCES:
        raise PermanentError(f"{licence!r} is no licence that is known here; say one of {', '.join(LICENCES)}")
    folder = Path(folder).absolute()
    if folder.exists() and not _ours(folder):
        raise PermanentError(f"{folder} holds other things than open data; name a folder that is new or empty")
    chosen = open_relations(relations(settings.dbt_target / "manifest.json"))
    with translated(folder.parent):
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            (part / "data").mkdir()
            written: dict[str, dict[str, Any]] = {}
            with open_reader(settings) as reader:
                hidden = hidden_of_build(reader, registry, editions)
                suppressed: dict[str, int] = {}
                for each in chosen:
                    csv, parquet = (part / "data" / f"{each.name}.{kind}" for kind in ("csv", "parquet"))
                    rows, suppressed[each.name] = write_tables(reader, each, csv, parquet, hidden)
                    written |= {f"data/{path.name}": _facts(path, rows) for path in (csv, parquet)}
                build = reader.rows("select * from pub.build_v1")[0]
                concealment = Concealment(hidden.least, {name: rows for name, rows in suppressed.items() if rows})
                facts = _licence(licence), _sources(reader), concealment
                found = package([as_written(each) for each in chosen], written, build, *facts, titles())
            (part / DESCRIPTOR).write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
            (part / "README.md").write_text(readme(found), "utf-8")
            open_up(settings, part, part)
            replace_folder(part, folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return {each.name: written[f"data/{each.name}.csv"]["rows"] for each in chosen}


def _ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / DESCRIPTOR).is_file() or not any(folder.iterdir()))


def _facts(path: Path, rows: int) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "hash": f"sha256:{digest}", "rows": rows}


def _licence(name: str) -> dict[str, str]:
    title, path = LICENCES[name]
    return {"name": name, "title": title, "path": path}


def _sources(reader: Reader) -> list[str]:
    """The systems that delivered, and the law by which figures were made."""
    systems = reader.rows("select distinct system from pub.delivery_summary_v1 order by system")
    laws = reader.rows("select distinct method_source from pub.method_v1 where method_source <> '' order by 1")
    return [f"Hệ thống · system: {row['system']}" for row in systems] + [row["method_source"] for row in laws]
