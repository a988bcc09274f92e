"""Kill ``cchc run`` at random points, run it again, and compare everything with an undisturbed run.

python tests/flow/chaos.py --kills 20
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from running import cchc, killed_after, ledger_tables, warehouse_tables

IN_A_ROW = 3  #: kills of one working folder before the clean run: further ones would find little left to do


def exports_for(root: Path) -> list[str | Path]:
    """A small set of exports with faults, made by the project; returns the arguments of a run over them."""
    from datetime import date

    from cchc.demo import write_demo
    from cchc.registry.open import open_registry

    write_demo(root, open_registry(), seed=4, day_from=date(2026, 9, 28), day_to=date(2026, 9, 30), scale=0.2)
    return ["run", "--exports", root, "--from", "2026-09-28", "--to", "2026-09-30", "--quiet"]


def differences(one: dict[str, list[str]], other: dict[str, list[str]]) -> list[str]:
    """Names of tables that differ, with the first row that does."""
    found = []
    for name in sorted(set(one) | set(other)):
        mine, theirs = one.get(name), other.get(name)
        if mine != theirs:
            odd = sorted(set(mine or []) ^ set(theirs or []))[:1]
            found.append(f"{name}: {len(mine or [])} and {len(theirs or [])} rows; {odd}")
    return found


def survive(kills: int, seed: int, base: Path) -> list[str]:
    """Run undisturbed once, then again and again with kills and a clean run at the end; returns what differs.

    Only a run that was still working counts as killed. Where it had finished, the folder is compared, a new one begun.
    """
    chance = random.Random(seed)
    arguments = exports_for(base / "exports")
    started = time.perf_counter()
    cchc(*arguments, "--workdir", base / "calm")
    whole = time.perf_counter() - started
    calm = {**warehouse_tables(base / "calm"), **ledger_tables(base / "calm")}
    wrong: list[str] = []
    done = 0
    for number in range(4 * kills):
        work = base / f"stormy-{number}"
        for _ in range(min(IN_A_ROW, kills - done)):
            after = chance.uniform(0.05, 0.95) * whole
            if not killed_after(after, *arguments, "--workdir", work):
                break
            done += 1
            print(f"kill {done} of {kills}: folder {number + 1}, after {after:4.1f} s of {whole:.1f} s", flush=True)
        cchc(*arguments, "--workdir", work)
        stormy = {**warehouse_tables(work), **ledger_tables(work)}
        wrong += differences(calm, stormy)
        if done == kills:
            return wrong
    raise AssertionError(f"only {done} of {kills} runs were still working when they were to be killed")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=766)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cchc-chaos-") as folder:
        problems = survive(chosen.kills, chosen.seed, Path(folder))
    print(*problems, sep="\n")
    print("the same tables as an undisturbed run" if not problems else f"{len(problems)} tables differ")
    sys.exit(bool(problems))
