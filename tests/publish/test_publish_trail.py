from datetime import date

import duckdb
import pytest

from cchc.errors import PermanentError
from cchc.publish import trail
from cchc.publish.trail import Trail
from cchc.settings import Settings

QUARTER = (date(2026, 7, 1), date(2026, 9, 30))


def adds_up(found: Trail) -> bool:
    """Whether the rows give the figure."""
    return all(
        sum(row[part] for row in found.rows) == (figure or 0)
        for part, figure in (("in_numerator", found.numerator), ("in_denominator", found.denominator))
    )


def test_rows_add_up_to_the_figure(any_settings: Settings) -> None:
    found = trail(any_settings, "H50.100", "PROCESSING_ON_TIME", *QUARTER)
    assert (found.numerator, found.denominator) == (2, 3)
    assert adds_up(found)
    assert [(row["code"], row["in_numerator"], row["is_overdue"]) for row in found.rows] == [
        ("H50.100-1", 1, False),
        ("H50.100-2", 1, False),  # due after the last day of data
        ("H50.100-3", 0, True),
    ]
    assert (found.rows[2]["path"], found.rows[2]["revision"], found.rows[2]["row_number"]) == (
        "onestop-a/H50.100/2026-09-02/hoso.csv",
        1,
        3,
    )


def test_rows_that_do_not_add_up_are_not_hidden(any_settings: Settings) -> None:
    found = trail(any_settings, "H50", "PROCESSING_ON_TIME", *QUARTER)
    assert len(found.rows) == 3, "a parent has the rows of the units below"
    assert not adds_up(found)


def test_only_what_counts_is_listed(any_settings: Settings) -> None:
    found = trail(any_settings, "H50.100", "PAYMENT_ONLINE_DOSSIER", *QUARTER)
    assert [(row["code"], row["in_numerator"], row["in_denominator"]) for row in found.rows] == [
        ("H50.100-1", 1, 1),
        ("H50.100-2", 0, 1),
    ]


def test_an_unknown_figure_is_an_error(settings: Settings) -> None:
    with pytest.raises(PermanentError, match="no figure"):
        trail(settings, "H50.100", "NO_SUCH", *QUARTER)


EVIDENCE = "ab" * 32


@pytest.fixture
def told(settings: Settings) -> Settings:
    """H50.100 declared DOSSIER_SYNC twice, the second time right; and the first two of its dossiers bear a fee."""
    figure = {"source": "declared", "numerator": 7, "denominator": 8, "score": 5.25}
    with duckdb.connect(str(settings.served_path)) as con:
        for name, parts in (
            ("DOSSIER_SYNC", figure),
            ("PAYMENT_TRANSACTED_PROCEDURE", figure | {"source": "exports", "numerator": 1, "denominator": 2}),
        ):
            con.execute(
                "insert into pub.unit_indicator_v1 by name select * replace "
                "(? as indicator, ? as source, ? as numerator, ? as denominator, ? as score) "
                "from pub.unit_indicator_v1 where unit_code = 'H50.100' and indicator = 'ONLINE_DOSSIER' "
                "and period_kind = 'quarter'",
                [name, parts["source"], parts["numerator"], parts["denominator"], parts["score"]],
            )
        for row, day, numerator in ((1, "2026-09-05", 1), (2, "2026-09-28", 7)):
            con.execute(
                "insert into pub.declared_trail_v1 by name select 'H50.100' as unit_code, "
                "'2026-07-01_2026-09-30' as period_id, date '2026-07-01' as period_start, "
                "date '2026-09-30' as period_end, 'DOSSIER_SYNC' as criterion, ? as numerator, 8 as denominator, "
                "'H50' as declared_by, ?::date as declared_date, ? as evidence_sha256, ? as is_current, "
                "'declared-province' as system, 'declared-province/H50/' || ? || '/declared.csv' as path, "
                "1 as revision, 'r' as revision_id, ? as row_number, ?::date as export_date",
                [numerator, day, EVIDENCE, numerator == 7, day, row, day],
            )
        con.execute(
            "update pub.dossier_trail_v1 set is_fee_bearing = row_number < 3, "
            "procedure_code = case row_number when 1 then 'a' when 2 then 'b' else 'c' end"
        )
    return settings


def test_a_declared_figure_leads_to_file_row_and_evidence(told: Settings) -> None:
    found = trail(told, "H50.100", "DOSSIER_SYNC", *QUARTER)
    assert adds_up(found) and found.source == "declared"
    assert [
        (row["path"], row["revision"], row["row_number"], row["evidence_sha256"], row["is_current"])
        for row in found.rows
    ] == [
        ("declared-province/H50/2026-09-28/declared.csv", 1, 2, EVIDENCE, True),
        ("declared-province/H50/2026-09-05/declared.csv", 1, 1, EVIDENCE, False),  # replaced: kept, and counts nothing
    ]
    assert found.rows[1]["declared_numerator"] == 1


def test_a_procedure_is_shown_by_one_dossier_of_it(told: Settings) -> None:
    found = trail(told, "H50.100", "PAYMENT_TRANSACTED_PROCEDURE", *QUARTER)
    assert adds_up(found)
    assert [(row["code"], row["in_numerator"], row["dossier_code"]) for row in found.rows] == [
        ("a", 1, "H50.100-1"),
        ("b", 0, "H50.100-2"),
    ]
