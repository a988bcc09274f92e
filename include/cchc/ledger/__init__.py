"""The ledger: what was delivered, what became of every file revision at every stage, and why.

SQLite by default, PostgreSQL by URL; the schema is kept by Alembic. That rows read equal accepted + quarantined +
duplicate is a constraint of the database, not a habit of the code.
"""

from cchc.ledger.store import Arrival, Ledger, open_ledger

__all__ = ["Arrival", "Ledger", "open_ledger"]
