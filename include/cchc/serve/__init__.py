"""Stage 8, serve: what readers see, brought up to the last good build in one step.

In: the views ``publish.pub_*`` of the working warehouse after a build whose every test passed. Out: the same relations
under stable, versioned names (``pub_ranking`` -> ``pub.ranking_v1``): on the embedded engine a file of its own,
``<workdir>/serve/pub.duckdb``, put in place with one rename; on PostgreSQL the schema ``pub``, brought up to date in
one transaction. Nobody but the pipeline opens the working warehouse; a failed build leaves readers the last good state.
"""

from __future__ import annotations

import logging
import time

from cchc.engines import of_engine
from cchc.serve.base import Served
from cchc.serve.shape import Column, Relation, relations
from cchc.settings import Settings

__all__ = ["Column", "Relation", "Served", "is_served", "relations", "serve"]

log = logging.getLogger("cchc.serve")


def serve(settings: Settings, build_no: int, anew: bool) -> Served:
    """Bring what readers see to the state of a build. ``anew``: every row, not only those of changed keys and periods.

    Safe to repeat. Raises an error of ours where the place can't be written; readers then keep what they have.
    """
    started = time.perf_counter()
    write = of_engine("serve", settings).write
    served: Served = write(settings, relations(settings.dbt_target / "manifest.json"), build_no, anew)
    log.info("%s", served.said(time.perf_counter() - started))
    return served


def is_served(settings: Settings) -> bool:
    """Whether readers have any state to read."""
    return bool(of_engine("serve", settings).is_there(settings))
