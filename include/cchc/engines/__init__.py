"""The engines that may hold the warehouse, and what differs between them, asked by what is meant.

One engine is one module here, and one of the same name in each room that writes, serves, reads or copies a warehouse in
a way of its own (``load``, ``serve``, ``publish``, ``backup``). Which one an installation has its settings say, by the
URL of ``CCHC_WAREHOUSE``; nobody else asks which it is.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from cchc.engines.base import BuildState, Engine, Held
from cchc.errors import PermanentError
from cchc.server import plain_url
from cchc.settings import Settings

__all__ = ["BuildState", "Engine", "Held", "engine_of", "of_engine"]

#: Scheme of the URL -> module of the engine; no URL is the embedded file.
ENGINES = {"": "duckdb", "postgresql": "postgres", "spark": "spark"}


def engine_of(settings: Settings) -> Engine:
    """The engine of an installation's warehouse. Raises ``PermanentError`` for a URL that is of none."""
    scheme = plain_url(settings.warehouse).partition("://")[0]
    if scheme not in ENGINES:
        raise PermanentError(f"CCHC_WAREHOUSE: no engine is called {scheme}; see docs/settings.md")
    module = import_module(f"cchc.engines.{ENGINES[scheme]}")
    engine: Engine = module.ENGINE(settings)
    return engine


def of_engine(room: str, settings: Settings) -> Any:
    """The engine's module of a room: ``of_engine("load", settings)`` is ``cchc.load.duckdb`` or its like."""
    return import_module(f"cchc.{room}.{engine_of(settings).name}")
