"""Everything that can't be made anew, copied while runs may be working, and put back in an empty place.

In: an installation. Out: a folder of ledger, warehouse, landing, editions, registry, forms and keys with a manifest of
SHA-256; and back. What is made from these (staged, quality, pages, the served file) is not copied.
"""

from __future__ import annotations

from cchc.backup.restore import restore
from cchc.backup.take import take

__all__ = ["restore", "take"]
