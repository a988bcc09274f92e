"""Integrity cases planted into a quarter are found by the real pipeline, each once, and a clean quarter has none."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from running import cchc, query, read_csv

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "demo"))

Found = list[tuple[str, str, str, str, str]]
CASES = 2_000  # of each of the five kinds: 10,000 dossiers, and another one for each that is filed again


@dataclass
class World:
    """A quarter of two units a system, and what was planted into it."""

    workdir: Path
    exports: Path
    planted: Found

    def run(self) -> None:
        days = ("--from", "2026-07-01", "--to", "2026-09-30")
        cchc("run", "--exports", self.exports, *days, "--workdir", self.workdir, "--quiet", "--no-pages")

    def found(self) -> Found:
        columns = "signal, system, dossier_code, earlier_path, later_path"
        return sorted(query(self.workdir, f"select {columns} from publish.pub_integrity_signal"))


def world(folder: Path, seed: int, cases: int) -> World:
    from demo_helpers import few_units, quarter

    from cchc.registry.open import open_registry

    sink = quarter(folder / "exports", few_units(open_registry(), 2), seed=seed, scale=0.2, cases=cases)
    planted = sorted(
        (kind, case["system"], case["dossier_code"], case["earlier"], case["later"])
        for kind, places in sink.integrity.items()
        for case in places
    )
    return World(folder / "var", folder / "exports", planted)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    yield world(tmp_path_factory.mktemp("planted"), seed=7, cases=CASES)


@pytest.mark.slow
def test_every_planted_case_is_found_once_with_the_two_files_that_show_it(planted: World, tmp_path: Path) -> None:
    assert len(planted.planted) == 5 * CASES
    planted.run()
    in_files = [case for case in planted.planted if case[0] != "vanished_overdue"]
    assert planted.found() == in_files
    # the files sent again replace the first ones: a build of what changed, not of everything
    shutil.copytree(planted.exports.with_name("exports-again"), planted.exports, dirs_exist_ok=True)
    planted.run()
    assert planted.found() == planted.planted
    # the row numbers name the rows: what stands there is the dossier, and the other number where it was filed again
    wrong = query(
        planted.workdir,
        "select c.signal, c.dossier_code from marts.fct_integrity_case as c "
        "left join (select revision_id, row_number, dossier_code from raw.dossiers "
        "union all select revision_id, row_number, dossier_code from raw.replaced_dossiers) as a "
        "on c.earlier_revision_id = a.revision_id and c.earlier_row_number = a.row_number "
        "left join raw.dossiers as b on c.later_revision_id = b.revision_id and c.later_row_number = b.row_number "
        "where a.dossier_code is distinct from c.dossier_code "
        "or (c.signal <> 'vanished_overdue' and b.dossier_code <> coalesce(c.new_dossier_code, c.dossier_code))",
    )
    assert wrong == []
    # counted once in the province, and by the units that handled them
    counts = "select signal, cast(sum(cases) as integer) from publish.pub_integrity_summary "
    of_quarter = "where period_id = '2026-07-01_2026-09-30' and unit_code = 'H50' and cases > 0 "
    of_dossiers = "and signal <> 'ends_piled_on_due_day' group by signal"
    kinds = {case[0] for case in planted.planted}
    assert dict(query(planted.workdir, counts + of_quarter + of_dossiers)) == dict.fromkeys(kinds, CASES)
    out = tmp_path / "cases.csv"
    unit = planted.planted[0][3].split("/")[1]
    cchc("integrity", "--unit", unit, "--signal", "end_backdated", "--workdir", planted.workdir, "--out", out)
    mine = [case for case in planted.planted if case[0] == "end_backdated" and f"/{unit}/" in case[3]]
    assert sorted(row["dossier_code"] for row in read_csv(out)) == sorted(case[2] for case in mine)


@pytest.mark.slow
def test_a_clean_quarter_has_none(tmp_path: Path) -> None:
    clean = world(tmp_path, seed=8, cases=0)
    clean.run()
    assert clean.planted == clean.found() == []
    assert query(clean.workdir, "select count(*) > 1000 from marts.fct_dossier") == [(True,)]
    signals = query(clean.workdir, "select distinct signal from publish.pub_integrity_summary")
    assert set(signals) <= {("full_marks_on_zero_cases",)}  # what the method gives units without petitions
