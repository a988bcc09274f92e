"""Which counts the public is not shown: one rule for everything of a build that leaves the office.

In: what the last good build serves, and approved editions. Out: the cells that are hidden (``hidden_of_build``), and
rows without them (``cover``). The site and the open data package use both: who has one of them may get the other.
"""

from cchc.conceal.build import Cell, Hidden, hidden_of_build
from cchc.conceal.classes import SUPPRESSED, Counts, classes, family, unclassed
from cchc.conceal.cover import MARK, cover, covers

__all__ = [
    "MARK",
    "SUPPRESSED",
    "Cell",
    "Counts",
    "Hidden",
    "classes",
    "cover",
    "covers",
    "family",
    "hidden_of_build",
    "unclassed",
]
