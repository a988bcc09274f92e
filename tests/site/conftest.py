"""Both copies of the site of a small world, written once."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "publish"))

from publish_world import fill_duckdb
from site_world import Built, edition
from standing_world import fill_coming, standing_world

from cchc.registry.open import open_registry
from cchc.settings import Settings
from cchc.site import Copy, write_site


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder, registry = tmp_path_factory.mktemp("site"), open_registry(None)
    world = standing_world()
    names = {"H50": "tỉnh Quảng Trị"} | {row["unit_code"]: row["unit_name"] for row in world["pub_ranking"]}
    since = date(2025, 7, 1)
    world["pub_unit"] += [
        {"unit_key": f"{code}|{since}", "unit_code": code, "unit_name": name, "valid_from": since}
        for code, name in names.items()
    ]
    fill_duckdb(folder, world)
    settings = Settings(workdir=folder, exports="")
    fill_coming(settings)
    editions = [edition(settings, registry, number) for number in (1, 2)]
    for copy in Copy:
        write_site(settings, registry, folder / copy, copy, editions=editions)
    return Built(settings, registry, editions, folder / "public", folder / "office")
