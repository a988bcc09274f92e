"""A made-up registry: the packaged one with two small systems, one of whose units ends."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

ENDS = "H50.106"
_SYSTEM = """code: {code}
name_vi: {code}
name_en: {code}
valid_from: {first}
datasets:
  - {{dataset: dossiers, dialect: {dialect}, ext: {ext}, encoding: utf-8, units: [{units}], due_days: 1,
     due_time: "01:00"}}
  - {{dataset: apologies, dialect: jsonl, ext: jsonl, encoding: utf-8, units: [{units}], expected: none}}
"""


def two_systems(folder: Path, last: str) -> Path:
    """``mcdt-quangtri`` of H50.101 and H50.106, which ends on the day ``last``, since 2026-09-29; ``igate-quangtri`` of
    H50.102 since 2026-07-01. Dossiers are due daily, apologies never. Returns the registry's folder."""
    shutil.copytree(str(files("cchc.registry") / "data"), folder)
    for path in (folder / "systems").glob("*.yaml"):
        path.unlink()
    systems = {
        "mcdt-quangtri": {"first": "2026-09-29", "dialect": "dvcqg2022", "ext": "json", "units": f"H50.101, {ENDS}"},
        "igate-quangtri": {"first": "2026-07-01", "dialect": "dvcqg2026", "ext": "jsonl.gz", "units": "H50.102"},
    }
    for code, said in systems.items():
        (folder / "systems" / f"{code}.yaml").write_text(_SYSTEM.format(code=code, **said), encoding="utf-8")
    units = (folder / "units.csv").read_text(encoding="utf-8").splitlines()
    at = units[0].split(",").index("valid_to")
    for number, line in enumerate(units):
        cells = line.split(",")
        if cells[0] == ENDS:
            cells[at] = last
            units[number] = ",".join(cells)
    (folder / "units.csv").write_text("\n".join(units) + "\n", encoding="utf-8")
    return folder
