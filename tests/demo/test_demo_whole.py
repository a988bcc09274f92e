"""The whole demo, and the portal's answers inside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cchc.demo import write_demo
from cchc.demo.portal import ANSWERS, write_portal
from cchc.demo.sink import Sink
from cchc.registry.open import Registry


def test_portal_answers_are_placed_as_one_export(tmp_path: Path) -> None:
    write_portal(Sink(tmp_path))
    export = json.loads((tmp_path / "portal-dvcqg/H44/2026-09-30/portal.json").read_bytes())
    assert (export["timeType"], export["year"], export["quarter"], export["rootDepartmentCode"]) == (
        "quarter",
        2026,
        3,
        "H44",
    )
    assert tuple(export["answers"]) == ANSWERS
    assert all(answer["code"] == "OK" for answer in export["answers"].values())


@pytest.mark.slow
def test_whole_demo(tmp_path: Path, registry: Registry) -> None:
    seen: list[int] = []
    manifest = write_demo(tmp_path, registry, progress=lambda path, files: seen.append(files))
    assert 60_000 <= sum(n for s, n in manifest["rows"].items() if s.startswith(("mcdt", "igate", "onestop"))) <= 90_000
    assert seen[-1] <= sum(manifest["files"].values())
    written = sum(1 for p in tmp_path.glob("*/*/*/*") if p.is_file())
    assert written == sum(manifest["files"].values())
    stored = json.loads((tmp_path / "manifest.json").read_bytes())
    assert stored["faults"] == manifest["faults"]
