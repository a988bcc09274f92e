"""Stage 3, read: landed bytes to columns of text under canonical names.

In: files of one dataset and dialect. Out: one Arrow table for the batch (``file_no``, ``row_number``, ``row_hash``,
then the dataset's text columns, trimmed and null where empty), and the files that are refused whole.
No personal column is in the table.
"""

from cchc.read.batch import Opened, ReadBatch, read_batch

__all__ = ["Opened", "ReadBatch", "read_batch"]
