"""A warehouse on Spark in a backup: refused, with what to do instead.

Tables of a lake are larger than a folder should be, and lie in a store that keeps copies by means of its own. A copy of
everything else without them would be put back into a place whose ledger says that rows are loaded which are not.
"""

from __future__ import annotations

from typing import NoReturn

from cchc.errors import PermanentError
from cchc.settings import Settings


def held(settings: Settings) -> NoReturn:
    """Raises ``PermanentError``, before anything is copied."""
    _refuse()


def refuse_what_is_there(settings: Settings) -> NoReturn:
    """Raises ``PermanentError``, before anything is put back."""
    _refuse()


def _refuse() -> NoReturn:
    raise PermanentError(
        "cchc backup copies no lake: with no run at work, copy the tables' store, the catalogue's database, that of "
        "CCHC_WAREHOUSE_STATE, the ledger's and CCHC_STORE together (docs/spark.md, A copy of everything)"
    )
