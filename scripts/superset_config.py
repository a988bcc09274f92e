"""Superset's own settings for ``make superset``; it reads them in its environment, where ``cchc`` is not installed."""

import os
from pathlib import Path

HOME = Path(os.environ["SUPERSET_HOME"])
SECRET_KEY = os.environ.get("SUPERSET_KEY") or (HOME / "secret_key").read_text("utf-8")
SQLALCHEMY_DATABASE_URI = os.environ.get("SUPERSET_DB") or f"sqlite:///{HOME / 'superset.db'}"
# the served DuckDB file is opened read-only; PostgreSQL by a login that reads pub alone
PREVENT_UNSAFE_DB_CONNECTIONS = False
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
PUBLIC_ROLE_LIKE = None
FILTER_STATE_CACHE_CONFIG = EXPLORE_FORM_DATA_CACHE_CONFIG = {
    "CACHE_TYPE": "SupersetMetastoreCache",
    "CACHE_DEFAULT_TIMEOUT": 604800,
}
