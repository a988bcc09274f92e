"""What a collector reads of a small installation, with the parser of the standard; and the page that says the same."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import text_string_to_metric_families as older_parser
from typer.testing import CliRunner

from cchc.cli import app
from cchc.load import open_warehouse
from cchc.metrics import health_page, measure, openmetrics
from cchc.registry.open import Registry
from support.world import DAY, G2, World, g2_file, world


def samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name.removeprefix("cchc_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def made(tmp_path: Path, registry: Registry) -> World:
    found = world(tmp_path, registry)
    found.deliver(G2, g2_file(1, 2, 3))
    found.deliver(G2, g2_file(3, 4, status="77"), DAY - timedelta(days=1))
    found.deliver(G2, b"{", DAY - timedelta(days=2))
    found.ingest(DAY - timedelta(days=2), DAY)
    return found


@pytest.mark.slow
def test_figures_of_an_installation(made: World) -> None:
    found = measure(made.settings, made.registry)
    said = samples(openmetrics(found))
    accepted = said["rows", "dossiers", "accepted"]
    assert said["rows", "dossiers", "read"] == 5 and accepted + said["rows", "dossiers", "quarantined"] == 5
    assert said["quarantine_ratio", "dossiers"] == said["rows", "dossiers", "quarantined"] / 5 > 0
    assert said["deliveries", "dossiers", "refused"] == 1
    assert said["deliveries", "dossiers", "missing"] > 50  # the other units of the system
    assert said["stage_seconds", "read"] >= 0 and said["free_bytes",] > 0
    assert said["build_state", "full"] == 1 and sum(v for k, v in said.items() if k[0] == "build_state") == 1
    assert abs(said["measured_timestamp_seconds",] - datetime.now().timestamp()) < 3600
    assert said["files_waiting",] == 0
    with open_warehouse(made.settings) as warehouse:
        warehouse.finish_build()
        # somebody writes: the figures come all the same
        assert samples(openmetrics(measure(made.settings, made.registry)))["build_state", "fresh"] in (0, 1)
    assert samples(openmetrics(measure(made.settings, made.registry)))["build_state", "fresh"] == 1
    assert "H50.101" not in openmetrics(found) + health_page(found)  # of no unit, no file
    names = {family.name for family in older_parser(openmetrics(found))}
    assert {"cchc_rows", "cchc_build_state"} <= names
    page = health_page(found)
    assert "refused" in page and "<script" not in page and f"{DAY}" in page


def test_what_is_not_known_has_no_sample(tmp_path: Path, registry: Registry) -> None:
    made = world(tmp_path, registry)
    made.settings.workdir.mkdir()
    said = samples(openmetrics(measure(made.settings, registry)))
    assert said["build_state", "none"] == 1 and said["files_waiting",] == 0
    assert {key[0] for key in said}.isdisjoint({"quarantine_ratio", "last_arrival_timestamp_seconds", "rows"})
    unreached = replace(made.settings, warehouse="postgresql://u@127.0.0.1:1/d")
    assert samples(openmetrics(measure(unreached, registry)))["build_state", "unknown"] == 1


def test_a_file_is_put_in_place_whole_and_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_PUBLISHED_MODE", "0640")
    (tmp_path / "var").mkdir()
    for command, ending in (("metrics", "prom"), ("health", "html")):
        out = tmp_path / f"cchc.{ending}"
        done = CliRunner().invoke(app, [command, "--out", str(out), "--workdir", str(tmp_path / "var")])
        assert done.exit_code == 0, done.output
        assert stat.S_IMODE(out.stat().st_mode) == 0o640 and out.read_text("utf-8")
        assert list(tmp_path.glob(".*.part")) == []
