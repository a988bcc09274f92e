"""What is wrong with an installation and how to mend it, on a laptop and on a server. It changes nothing.

In: settings. Out: one ``Finding`` a check, in the order in which one would look: machine, installation, data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cchc.doctor.data import DATA
from cchc.doctor.finding import Finding, Warned
from cchc.doctor.installation import INSTALLATION
from cchc.doctor.machine import MACHINE
from cchc.settings import Settings
from cchc.surroundings import in_our_terms

__all__ = ["Finding", "examine"]


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check, as it ends: ``ok``, ``warning`` (it works, look at it soon) or ``wrong``."""
    for name, look in (*MACHINE, *INSTALLATION, *DATA):
        yield _look(name, look, settings)


def _look(name: str, look: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(name, "ok", look(settings))
    except Warned as warned:
        return Finding(name, "warning", str(warned))
    except Exception as error:
        told = in_our_terms(error)
        said = str(told) if told else f"{type(error).__name__}: {error}"
        return Finding(name, "wrong", " ".join(said.split())[:500])
