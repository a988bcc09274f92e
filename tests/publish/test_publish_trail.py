from datetime import date

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
