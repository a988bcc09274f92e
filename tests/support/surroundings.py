"""The environment of processes that a test starts."""

from __future__ import annotations

import os


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without any setting of an installation, and what is said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "CCHC_", "DBT_"))}
    return kept | more
