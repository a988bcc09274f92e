"""A 200 MB JSON file must not need 2 GB: measured in a process of its own on a smaller file, and projected."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from support.dossiers import dossier, record_2022

MEGABYTE = 1 << 20

MEASURED = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from support.stages import File
from cchc import land, scratch
from cchc.normalise import normalise
from cchc.read import read_batch
from cchc.registry.open import open_registry

registry, landing = open_registry(), Path(sys.argv[1])
# imports, the engine and its caches are paid once, whatever the size of the file
small = File(b'{"data": [' + Path(sys.argv[2]).read_bytes()[:0] + b']}').open(0, landing, registry)
with scratch.connect("dvcqg2022") as con:
    read_batch([small], registry, con)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
path = Path(sys.argv[2])
landed = land.store(landing, iter([path.read_bytes()]))
opened = File(b"x").open(0, landing, registry)
from dataclasses import replace
opened = replace(opened, blob=land.blob_path(landing, landed.sha256))
with scratch.connect("dvcqg2022") as con:
    batch = read_batch([opened], registry, con)
    rows = normalise(con, batch.table, [opened], registry)
print(rows, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_of_a_large_envelope(tmp_path: Path) -> None:
    record = json.dumps(record_2022(dossier(), GhiChu="CANARY " + "x" * 200), ensure_ascii=False)
    size, rows = 24 * MEGABYTE, 0
    path = tmp_path / "dossiers.json"
    with path.open("w", encoding="utf-8") as out:
        out.write('{"madonvi":"H50.101","data":[')
        while out.tell() < size:
            block = [record.replace("0001", f"{rows + n:07d}", 1) for n in range(1000)]
            out.write(("," if rows else "") + ",".join(block))
            rows += 1000
        out.write("]}")
    megabytes = path.stat().st_size / MEGABYTE
    tests = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(tmp_path / "landing"), str(path), tests],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found, before, after = map(int, done.stdout.splitlines()[-1].split())
    assert found == rows
    projected = (before + (after - before) * 200 / megabytes) / 1024
    assert projected < 2048, f"200 MB would need {projected:,.0f} MB"
