"""A night of many units: what is not reading is done once, not once a file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cchc.extract import LocalSource
from cchc.pipeline.collect import collect
from cchc.registry.open import Registry
from support.world import DAY, World, g2_file, world


def night(home: Path, registry: Registry, units: int, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Collect one file of each of some units of a system; how often what was done."""
    here: World = world(home, registry)
    system = registry.systems["mcdt-quangtri"]
    names = [unit for unit in system.datasets[0].units if isinstance(unit, str)][:units]
    for unit in names:
        here.deliver(f"mcdt-quangtri/{unit}/dossiers.json", g2_file(1))
    done: Counter[str] = Counter()
    for name in ("children", "days", "folder"):
        real = getattr(LocalSource, name)

        def counted(*arguments: Any, name: str = name, real: Any = real) -> Any:
            done[name] += 1
            return real(*arguments)

        monkeypatch.setattr(LocalSource, name, counted)
    ledger = here.ledger
    sa.event.listen(ledger.engine, "before_cursor_execute", lambda *_: done.update(statements=1))
    seen = collect(here.settings, registry, ledger, DAY, DAY, systems=["mcdt-quangtri"])
    monkeypatch.undo()
    assert (seen.new, seen.failed) == (units, [])
    return done


def test_more_units_are_no_more_listings_of_a_system_and_no_more_statements(
    tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = night(tmp_path / "few", registry, 2, monkeypatch)
    many = night(tmp_path / "many", registry, 30, monkeypatch)
    assert few["children"] == many["children"] == 1
    assert few["statements"] == many["statements"] > 0
    assert (few["folder"], many["folder"]) == (2, 30)  # of a unit, only days that are there
