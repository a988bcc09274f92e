"""The ledger: what was delivered, what became of every file revision at every stage, and why.

SQLite by default, PostgreSQL by URL; the schema is kept by Alembic. That rows read equal accepted + quarantined +
duplicate is a constraint of the database, not a habit of the code.
"""

from cchc.ledger.alerting import Told
from cchc.ledger.destroying import Destruction
from cchc.ledger.standing import Standing
from cchc.ledger.store import Ledger, open_ledger
from cchc.ledger.writing import Arrival

__all__ = ["Arrival", "Destruction", "Ledger", "Standing", "Told", "open_ledger"]
