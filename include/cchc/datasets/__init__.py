"""The room of datasets: what a dataset and a dialect *is*, once, as data. Every stage derives its lists from here.

One file a dataset; ``dialects`` has one row a dialect. It imports no stage and no registry.
"""

from __future__ import annotations

from cchc.datasets.apologies import APOLOGIES
from cchc.datasets.declared import DECLARED
from cchc.datasets.dossiers import DOSSIERS
from cchc.datasets.feedback import FEEDBACK
from cchc.datasets.objections import OBJECTIONS
from cchc.datasets.payments import PAYMENTS
from cchc.datasets.portal import PORTAL
from cchc.datasets.shape import LINEAGE, Column, Dataset
from cchc.datasets.vneid import VNEID

__all__ = ["DATASETS", "LINEAGE", "VALUES", "Column", "Dataset"]

#: Every dataset, in the order of the warehouse's tables.
DATASETS: dict[str, Dataset] = {
    each.name: each for each in (DOSSIERS, PAYMENTS, VNEID, FEEDBACK, APOLOGIES, DECLARED, OBJECTIONS, PORTAL)
}

#: What a code or label may stand for, by field of the registry; ``boolean`` serves every yes/no column.
VALUES: dict[str, frozenset[str]] = {
    column.name: column.values for each in DATASETS.values() for column in each.columns if column.values is not None
} | {"boolean": frozenset({"true", "false"})}
