"""Editions: one period's ranking as files that never change, which a named person approves and anyone can check.

In: ``pub.*`` and the registry's method. Out: ``<releases>/<method>/<province>/<period>/r<N>/``. Made twice from
the same inputs, an edition has the same bytes; ``cchc.verify`` checks it without this package.
"""

from __future__ import annotations

from cchc.editions.anomalies import KINDS, Anomaly
from cchc.editions.approve import approve
from cchc.editions.compare import Now, look_first, would_now_be
from cchc.editions.folder import Edition, editions_of, period_folders
from cchc.editions.write import REASONS, write_editions

__all__ = [
    "KINDS",
    "REASONS",
    "Anomaly",
    "Edition",
    "Now",
    "approve",
    "editions_of",
    "look_first",
    "period_folders",
    "would_now_be",
    "write_editions",
]
