"""Stage 4, normalise: text columns of a batch to typed canonical columns.

In: the table of the read stage. Out: the table ``rows``: canonical columns, lineage, and check columns (``bad_dates``,
``unknown_units``, ``procedure_known``, ...) that say what could not be resolved, never the text itself.
"""

from cchc.normalise.batch import normalise

__all__ = ["normalise"]
