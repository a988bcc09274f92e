"""The floor in a process of its own, so that its memory can be seen. Runs in the warehouse's own environment."""

from __future__ import annotations

import json
from typing import Any

import common

from bench.floor import floor


def run(this: common.Run) -> None:
    """One query a dialect; it keeps nothing but the counts."""
    parts = floor(this.exports, this.reference.folder)
    this.seconds |= {part.dialect: part.seconds for part in parts}
    units = sorted(unit for part in parts for unit in part.units)
    (this.work / "units.json").write_text(json.dumps(units))


def show(this: common.Run) -> dict[str, Any]:
    """The counts alone."""
    return common.shown([(*unit, None) for unit in json.loads((this.work / "units.json").read_text())], ())


if __name__ == "__main__":
    common.main(run, show)
