"""Counting from accepted rows, against figures worked out by hand: rules of timeliness, numbers, petitions, stocks."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cchc.registry
from cchc.datasets import DATASETS
from cchc.recount.count import DATASETS_OF, Figures, Tree, count
from cchc.registry.open import Registry, open_registry

START, END = date(2026, 9, 1), date(2026, 9, 30)
UNIT, SISTER, PROVINCE = "H50.101", "H50.106", "H50"
FREE = "1.000000"  # not in the catalogue

DOSSIER: dict[str, Any] = {
    "system": "a",
    "delivering_unit": UNIT,
    "export_date": date(2026, 9, 20),
    "dossier_code": "D1",
    "procedure_code": FREE,
    "receiving_unit": UNIT,
    "handling_unit": UNIT,
    "channel": "direct",
    "received_at": datetime(2026, 9, 7, 8),
    "due_at": datetime(2026, 9, 11, 17),
    "finished_at": datetime(2026, 9, 10, 9),
    "status": 9,
    "supplement_count": 0,
    "supplement_wait_seconds": 0,
}


def counted(
    folder: Path, registry: Registry, day: date = date(2026, 10, 20), **rows: Iterable[dict[str, Any]]
) -> Figures:
    """Figures of September from rows as the gate hands them on; ``day``: the last export date."""
    written = {}
    for dataset, mine in rows.items():
        lines = [{"revision_id": "r", "row_number": n, **row} for n, row in enumerate(mine, 1)]
        written[dataset] = [folder / f"{dataset}.parquet"]
        pq.write_table(pa.Table.from_pylist(lines, DATASETS[dataset].raw_schema), written[dataset][0])
    return count(written, registry, START, END, [date(2026, 9, 1), day])


def part(figures: Figures, indicator: str, unit: str = UNIT) -> tuple[int, int] | None:
    found = figures.exports.get((unit, indicator))
    return found and (int(found[0]), int(found[1]))


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The packaged registry with another rule set in force."""
    data = Path(cchc.registry.__file__).parent / "data"

    @cache
    def make(rule_set: str) -> Registry:
        folder = tmp_path_factory.mktemp(rule_set)
        head, line = (data / "rules_in_force.csv").read_text("utf-8").splitlines()
        (folder / "rules_in_force.csv").write_text(f"{head}\n{rule_set},{line.partition(',')[2]}\n", "utf-8")
        return open_registry(folder)

    return make


ON, LATE, OUT = (1, 1), (0, 1), (0, 0)
AFTER = datetime(2026, 9, 14, 9)
CASES = [
    ({}, ON, ON, ON),
    ({"finished_at": AFTER}, LATE, LATE, LATE),
    ({"finished_at": datetime(2026, 9, 11, 17, 0, 1)}, LATE, LATE, ON),  # the day is the due day
    ({"finished_at": AFTER, "supplement_count": 1, "supplement_wait_seconds": 3 * 86400}, ON, ON, LATE),
    ({"finished_at": None, "status": 2}, LATE, LATE, LATE),  # runs on, and is past its day
    ({"finished_at": None, "status": 2, "due_at": datetime(2026, 9, 30, 23, 59, 59)}, ON, ON, ON),
    ({"finished_at": None, "status": 2, "due_at": datetime(2026, 9, 30, 23, 59, 58)}, LATE, LATE, ON),
    ({"due_at": None}, ON, OUT, ON),  # a procedure that the catalogue does not know
    ({"status": 7, "finished_at": AFTER}, LATE, LATE, ON),  # withdrawn
    ({"status": 5, "finished_at": None, "supplement_count": 2}, LATE, LATE, ON),
    (
        {
            "status": 5,
            "finished_at": None,
            "supplement_count": 1,
            "first_supplement_requested_at": datetime(2026, 9, 8, 8),
        },
        ON,
        ON,
        ON,
    ),
    ({"status": 3, "refused_at": datetime(2026, 9, 9, 8), "finished_at": AFTER}, ON, ON, None),
    ({"status": 9, "finished_at": None, "returned_at": datetime(2026, 9, 9, 8)}, ON, ON, None),
]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_the_rule_set_in_force_judges(case: int, tmp_path: Path, ruled: Any) -> None:
    changed, *expected = CASES[case]
    for rule_set, wanted in zip(("qd766-portal-2026", "qd766_fd_20261007", "report_ii06"), expected, strict=True):
        if wanted is not None:
            figures = counted(tmp_path, ruled(rule_set), dossiers=[DOSSIER | changed])
            assert part(figures, "PROCESSING_ON_TIME") == wanted, rule_set
            assert part(figures, "PROCESSING_ON_TIME", PROVINCE) == wanted, rule_set


def test_the_catalogue_s_working_days_are_a_due_time(tmp_path: Path, ruled: Any) -> None:
    registry = ruled("qd766_fd_20261007")
    found = next(p for p in registry.procedures if p.max_days == 5 and p.day_kind == "working" and p.valid_to is None)
    row = DOSSIER | {"due_at": None, "procedure_code": found.procedure_code}
    for day, wanted in ((14, ON), (15, LATE)):  # received on Monday the 7th: five working days end on the 14th
        figures = counted(tmp_path, registry, dossiers=[row | {"finished_at": datetime(2026, 9, day, 8)}])
        assert part(figures, "PROCESSING_ON_TIME") == wanted


def test_the_latest_row_of_a_dossier_stands(tmp_path: Path, registry: Registry) -> None:
    later = {"export_date": date(2026, 9, 21), "handling_unit": SISTER}
    figures = counted(tmp_path, registry, dossiers=[DOSSIER | later, DOSSIER, DOSSIER | {"system": "b"}])
    assert part(figures, "ONLINE_DOSSIER", SISTER) == (0, 1)
    assert part(figures, "ONLINE_DOSSIER", UNIT) == (0, 1)  # another system's dossier of the same number
    assert part(figures, "ONLINE_DOSSIER", PROVINCE) == (0, 2)
    same_day = [{"updated_at": datetime(2026, 9, 9), "channel": "online"}, {"updated_at": None}]
    figures = counted(tmp_path, registry, dossiers=[DOSSIER | each for each in same_day])
    assert part(figures, "ONLINE_DOSSIER") == (1, 1)
    figures = counted(tmp_path, registry, dossiers=[DOSSIER, DOSSIER | {"channel": "online"}])
    assert part(figures, "ONLINE_DOSSIER") == (1, 1)  # the last row of the file


def test_a_dossier_received_in_another_period_is_not_counted(tmp_path: Path, registry: Registry) -> None:
    rows = [DOSSIER | {"received_at": at} for at in (datetime(2026, 8, 31, 23), datetime(2026, 10, 1), None)]
    assert counted(tmp_path, registry, dossiers=rows).exports == {}


def payment(code: str = "P1", outcome: str = "succeeded", **changed: Any) -> dict[str, Any]:
    row = {"system": "pay", "delivering_unit": PROVINCE, "export_date": date(2026, 9, 20), "dossier_code": "D1"}
    return row | {"transaction_code": code, "outcome": outcome, "unit": UNIT} | changed


def test_payments_of_obligated_dossiers(tmp_path: Path, registry: Registry) -> None:
    with_fee = next(p.procedure_code for p in registry.procedures if p.fee_vnd and p.valid_to is None)
    obliged = DOSSIER | {"procedure_code": with_fee, "online_payment": 1}
    paid = [payment(), payment(), payment("P2"), payment("P3"), payment("P3", "refunded"), payment("P4", "failed")]
    figures = counted(tmp_path, registry, dossiers=[obliged], payments=paid)
    assert part(figures, "PAYMENT_ONLINE_DOSSIER") == (1, 1)
    assert part(figures, "PAYMENT_TRANSACTION_ONLINE") == (2, 1)  # P1 once, P2; P3 was given back, P4 failed
    exempt = obliged | {"fee_count": 1, "fee_total_vnd": 0}
    figures = counted(tmp_path, registry, dossiers=[exempt], payments=paid)
    assert part(figures, "PAYMENT_ONLINE_DOSSIER") == (0, 0)


def feedback(code: str = "F1", **changed: Any) -> dict[str, Any]:
    row = {"system": "pakn", "delivering_unit": PROVINCE, "export_date": date(2026, 9, 20), "dossier_code": "D1"}
    return row | {"feedback_code": code, "kind": "rating", "unit": UNIT, "satisfied": False} | changed


def test_a_number_that_two_systems_use_means_the_dossier_of_the_naming_unit(tmp_path: Path, registry: Registry) -> None:
    two = [DOSSIER, DOSSIER | {"system": "b", "handling_unit": SISTER, "receiving_unit": SISTER}]
    two[1] |= {"delivering_unit": SISTER}
    for unit, hurt in ((UNIT, {UNIT}), (SISTER, {SISTER}), (PROVINCE, set())):
        figures = counted(tmp_path, registry, dossiers=two, feedback=[feedback(unit=unit)])
        for each in (UNIT, SISTER):
            assert part(figures, "DOSSIER_RECEIVING_SATISFACTION", each) == (int(each not in hurt), 1), unit
    figures = counted(tmp_path, registry, dossiers=[DOSSIER], feedback=[feedback(unit=PROVINCE)])
    assert part(figures, "DOSSIER_RECEIVING_SATISFACTION") == (0, 1)  # one dossier of the number: that one


def test_letters_of_overdue_dossiers(tmp_path: Path, registry: Registry) -> None:
    letter = {"system": "a", "delivering_unit": UNIT, "export_date": date(2026, 9, 20), "unit": UNIT}
    letter |= {"dossier_code": "D1", "letter_number": 1, "signed_at": datetime(2026, 9, 12), "sent": True}
    late = DOSSIER | {"finished_at": AFTER}
    for changed, row, wanted in (
        ({}, late, (1, 1)),
        ({"sent": False}, late, (0, 1)),
        ({"signed_at": datetime(2026, 10, 1)}, late, (0, 1)),
        ({}, DOSSIER, (0, 0)),
    ):
        figures = counted(tmp_path, registry, dossiers=[row], apologies=[letter | changed])
        assert part(figures, "OVERDUE_WITH_APOLOGY") == wanted


def test_petitions_and_ratings(tmp_path: Path, registry: Registry) -> None:
    at = datetime(2026, 9, 7, 8)
    told = {"kind": "regulation", "received_at": at, "due_at": datetime(2026, 9, 9), "answered_at": at}
    rows = [
        feedback("F1", satisfied=None) | told,
        feedback("F2", satisfied=False) | told,
        feedback("F3", satisfied=True) | told | {"answered_at": datetime(2026, 9, 10)},
        feedback("F4", satisfied=True) | told | {"answered_at": None},
        feedback("F5", satisfied=True) | told | {"due_at": None, "answered_at": None, "kind": "staff"},
        feedback("F6", satisfied=True) | told | {"kind": "rating"},
    ]
    figures = counted(tmp_path, registry, feedback=rows)
    assert part(figures, "PETITION_PROCESSING_ON_TIME") == (3, 5)
    assert part(figures, "PETITION_HANDLING_SATISFACTION") == (2, 5)


def test_vneid_is_a_stock_of_the_last_day_told(tmp_path: Path, registry: Registry) -> None:
    commune = next(u for u in registry.units if u.agency_code == UNIT and u.valid_to is None)
    row = {"system": "ca", "delivering_unit": PROVINCE, "commune_code": commune.admin_code, "as_of_date": START}
    told = [(date(2026, 9, 10), 5), (date(2026, 9, 29), 7), (date(2026, 10, 2), 9)]
    rows = [
        row | {"export_date": day, "chip_card_holders": 10, "activated_level1": 1, "activated_level2": active - 1}
        for day, active in told
    ]
    figures = counted(tmp_path, registry, vneid=rows)
    assert part(figures, "VNEID_ACTIVATED") == part(figures, "VNEID_ACTIVATED", PROVINCE) == (7, 10)


def test_the_portal_s_figures_are_its_last_told(tmp_path: Path, registry: Registry) -> None:
    row = {"system": "dvcqg", "delivering_unit": UNIT, "unit_code": UNIT, "period_start": START, "period_end": END}
    told = [("X", 1, 4, None, 10), ("X", 3, 4, None, 11), ("Y", None, None, 87, 10), ("GROUP:Z", 1, 2, None, 10)]
    rows = [
        row
        | {"criterion": name, "numerator": n, "denominator": d, "published_ratio": ratio}
        | {"export_date": date(2026, 10, day)}
        for name, n, d, ratio, day in told
    ]
    rows.append(rows[0] | {"criterion": "Q", "period_start": date(2026, 7, 1)})
    assert counted(tmp_path, registry, portal=rows).portal == {
        (UNIT, "X"): (Fraction(3), Fraction(4)),
        (UNIT, "Y"): (Fraction(87), Fraction(100)),
    }


def test_the_tree_of_a_day(registry: Registry) -> None:
    tree = Tree(registry)
    assert tree.line(UNIT, END) == [UNIT, PROVINCE]
    assert tree.line(UNIT, date(1990, 1, 1))[0] == UNIT  # older than its code: counted all the same
    assert tree.line("H99.1", END) == []


def test_every_indicator_of_the_exports_has_a_rule(registry: Registry) -> None:
    """The models' list and this one are written apart; they name the same indicators."""
    models = Path(__file__).resolve().parents[2] / "dbt_project" / "models" / "indicators"
    named = re.findall(r"^    '(\w+)': \(", (models / "ind_exports.sql").read_text("utf-8"), re.M)
    assert sorted(named) == sorted(DATASETS_OF)


def test_it_imports_the_gate_and_no_model() -> None:
    script = (
        "import sys, cchc.recount; bad = [n for n in sys.modules if n.startswith(('cchc.model', 'dbt'))];"
        "sys.exit(str(bad) if bad else 0)"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_a_known_error_of_a_source_is_corrected_where_it_is_still_sent(tmp_path: Path) -> None:
    head = (Path(cchc.registry.__file__).parent / "data" / "corrections.csv").read_text("utf-8").splitlines()[0]
    cells = {
        "number": "1", "dataset": "dossiers", "system": "mcdt-quangtri", "key": "D1", "column": "finished_at",
        "expected_old": "2026-09-14 09:00:00", "new_value": "2026-09-10 09:00:00", "reason": "typing error",
        "status": "open", "decided_by": "Sở Nội vụ", "decided_on": "2026-10-01",
    }  # fmt: skip
    (tmp_path / "corrections.csv").write_text(
        f"{head}\n{','.join(cells.get(name, '') for name in head.split(','))}\n", "utf-8"
    )
    registry = open_registry(tmp_path)
    wrong = {**DOSSIER, "system": "mcdt-quangtri", "finished_at": AFTER}
    other = {**wrong, "finished_at": datetime(2026, 9, 14, 10)}  # the source sends another value by now
    assert part(counted(tmp_path, registry, dossiers=[wrong]), "PROCESSING_ON_TIME") == ON
    assert part(counted(tmp_path, registry, dossiers=[other]), "PROCESSING_ON_TIME") == LATE


def test_procedures_count_once_wherever_below_the_unit(tmp_path: Path) -> None:
    registry = open_registry()
    fees = [each.procedure_code for each in registry.procedures if (each.fee_vnd or 0) > 0 and each.valid_on(END)][:2]
    rows = [
        {**DOSSIER, "dossier_code": f"D{n}", "handling_unit": unit, "procedure_code": code, "online_payment": paid}
        for n, (unit, code, paid) in enumerate(
            [(UNIT, fees[0], 1), (UNIT, fees[0], 0), (SISTER, fees[0], 0), (SISTER, fees[1], 0), (SISTER, FREE, 1)]
        )
    ]
    figures = counted(tmp_path, registry, dossiers=rows)
    found = {unit: part(figures, "PAYMENT_TRANSACTED_PROCEDURE", unit) for unit in (UNIT, SISTER, PROVINCE)}
    assert found == {UNIT: (1, 1), SISTER: (0, 2), PROVINCE: (1, 2)}
    # the packaged catalogue leaves open which procedures of communes are online
    assert not [cell for cell in figures.exports if cell[1].startswith("ONLINE_SERVICE")]


def test_a_declared_figure_is_the_last_declaration(tmp_path: Path) -> None:
    told = {
        "system": "declared-province", "delivering_unit": PROVINCE, "unit": UNIT, "criterion": "PUBLISH_ON_TIME",
        "period_start": START, "period_end": END, "denominator": 20,
    }  # fmt: skip
    rows = [
        {**told, "export_date": date(2026, 10, 9), "declared_at": date(2026, 10, 5), "numerator": 18},
        {**told, "export_date": date(2026, 10, 8), "declared_at": date(2026, 10, 7), "numerator": 19},
        {**told, "export_date": date(2026, 10, 9), "declared_at": date(2026, 10, 9), "numerator": 1}
        | {"period_end": date(2026, 9, 29)},
    ]
    figures = counted(tmp_path, open_registry(), dossiers=[DOSSIER], declared=rows)
    assert figures.declared == {(UNIT, "PUBLISH_ON_TIME"): (Fraction(19), Fraction(20))}
