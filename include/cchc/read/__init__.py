"""Stage 3, read: landed bytes to columns of text under canonical names.

In: files of one dataset and dialect. Out: one Arrow table for the batch (``file_no``, ``row_number``, ``row_hash``,
then the text columns of ``TEXT_COLUMNS``, trimmed and null where empty), and the files that are refused whole.
No personal column is in the table.
"""

from cchc.read.batch import Opened, ReadBatch, read_batch
from cchc.read.columns import TEXT_COLUMNS

__all__ = ["TEXT_COLUMNS", "Opened", "ReadBatch", "read_batch"]
