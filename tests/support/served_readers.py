"""Twenty readers of what is served, in a process of their own, while builds go on: what they saw, what went wrong.

Run as a program with the working folder and the warehouse's URL: prints one JSON object when its input ends.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cchc.publish import open_reader
from cchc.settings import Settings

READERS = 20
PAUSE = 0.5  # seconds between two looks of one reader: people who look, not a load on the processor
#: Relations that say something of every period, and rows that the figures are counted from.
ASKED = (
    "select count(*), sum(numerator), sum(denominator), sum(score) from pub.unit_indicator_v1",
    "select period_id, count(*), sum(total), count(rank) from pub.ranking_v1 group by 1 order by 1",
    "select count(*), count(distinct dossier_code), max(export_date) from pub.dossier_trail_v1",
    "select count(*), sum(points) from pub.action_v1 where unit_code = 'X1.101'",
)


@dataclass
class Seen:
    """``answers``: by build, every different set of answers that one look at it gave. ``looks`` in all."""

    answers: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    errors: list[str] = field(default_factory=list)
    looks: int = 0


def _look(settings: Settings, seen: Seen, over: threading.Event, lock: threading.Lock) -> None:
    while not over.wait(PAUSE):
        try:
            with open_reader(settings) as reader:  # on PostgreSQL one transaction, on DuckDB one file
                build = reader.rows("select build_no from pub.build_v1")[0]["build_no"]
                said = repr([[tuple(row.values()) for row in reader.rows(sql)] for sql in ASKED])
            with lock:
                seen.answers[build].add(said)
                seen.looks += 1
        except Exception as error:
            with lock:
                seen.errors.append(f"{type(error).__name__}: {error}")


def main(workdir: str, warehouse: str) -> None:
    """Look until the input ends."""
    settings = Settings(workdir=Path(workdir), exports="", warehouse=warehouse)
    seen, over, lock = Seen(), threading.Event(), threading.Lock()
    threads = [threading.Thread(target=_look, args=(settings, seen, over, lock)) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    print("looking", flush=True)
    sys.stdin.read()
    over.set()
    for thread in threads:
        thread.join()
    answers = {build: sorted(said) for build, said in seen.answers.items()}
    print(json.dumps({"answers": answers, "errors": seen.errors, "looks": seen.looks}))


@contextmanager
def readers(settings: Settings) -> Iterator[Seen]:
    """Readers that look again and again for the time of the block; what they saw is filled in at its end."""
    process = subprocess.Popen(
        [sys.executable, __file__, str(settings.workdir), settings.warehouse],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "looking\n"
    seen = Seen()
    try:
        yield seen
    finally:
        said = json.loads(process.communicate("")[0])
        seen.answers = {int(build): set(answers) for build, answers in said["answers"].items()}
        seen.errors, seen.looks = said["errors"], said["looks"]


if __name__ == "__main__":
    main(*sys.argv[1:])
