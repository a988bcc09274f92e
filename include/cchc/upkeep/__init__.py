"""Nightly upkeep of the warehouse: what its engine does not do by itself while it is loaded and built.

In: an installation's warehouse. Out: what was done, by table. Nothing that a reader or an edition names goes.
"""

from __future__ import annotations

import logging

from cchc.engines import of_engine
from cchc.settings import Settings
from cchc.upkeep.base import Kept

__all__ = ["Kept", "upkeep"]

log = logging.getLogger("cchc.upkeep")


def upkeep(settings: Settings) -> list[Kept]:
    """Do what is due; safe to repeat, also after a kill. Nobody may load or build meanwhile.

    Raises an error of ours where the warehouse does not answer.
    """
    done: list[Kept] = of_engine("upkeep", settings).upkeep(settings)
    for each in done:
        log.info("%s", each.said)
    return done
