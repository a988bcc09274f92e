"""Load into Spark in a process of its own, which kills itself (SIGKILL) before the statement of a number.

python tests/spark/killed.py PICKLE NUMBER: the pickle holds ``(Settings, Load)``. Exit code 0: there was no such
statement any more, and the load is done.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cchc.engines.spark import Session
from cchc.load import open_warehouse
from cchc.load.spark_parts import Lake


def counted(call: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    """The same call, which kills this process when nothing is left."""

    def counting(*arguments: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments)

    return counting


def main(path: str, number: str) -> None:
    """See the module."""
    settings, load = pickle.loads(Path(path).read_bytes())
    left = [int(number)]
    with open_warehouse(settings) as warehouse:
        Session.run = counted(Session.run, left)  # type: ignore[method-assign]
        Lake.snapshots = counted(Lake.snapshots, left)  # type: ignore[method-assign]
        warehouse.load(load)


if __name__ == "__main__":
    main(*sys.argv[1:])
