"""Imported by Airflow in each of its processes, before it does anything.

The process that starts tasks imports the package first: tasks are forked from it, and each of them would take two to
five seconds of a core for that alone.
"""

from __future__ import annotations

import sys

if {"scheduler", "celery"} & set(sys.argv[1:2]):
    import cchc.pipeline.orders  # noqa: F401

__all__: list[str] = []
