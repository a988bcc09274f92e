"""What should have come and what came: from the registry and the ledger alone, before any build and without dbt.

The rule stands here and, for the warehouse, in ``dbt_project``'s ``fct_expected_delivery``; a test compares the two.
"""

from cchc.deliveries.board import STATUSES, Square, board, never_delivered
from cchc.deliveries.gaps import Gap, below, gaps
from cchc.deliveries.strays import FETCH_REASONS, REASONS, FetchReason, StrayReason

__all__ = [
    "FETCH_REASONS",
    "REASONS",
    "STATUSES",
    "FetchReason",
    "Gap",
    "Square",
    "StrayReason",
    "below",
    "board",
    "gaps",
    "never_delivered",
]
