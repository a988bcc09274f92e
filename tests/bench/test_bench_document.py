"""docs/benchmarks.md holds what was measured and nothing that a hand wrote between its markers."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.chart import chart
from bench.document import DATA, DOCUMENT, PARTS, PICTURE, SCALE, SCALE_PARTS, filled, workers

RUN = {"wall": 12.34, "peak_gb": 1.5, "stages": {"load": 3.0}, "differ": 0}
PEERS = {
    "machine": "a machine",
    "date": "2026-11-30",
    "rows": 1_000_000,
    "changed": 10_000,
    "probes": {"repeat": "a second run changes nothing"},
    "peers": [
        {
            "name": "dlt",
            "what": "Arrow | SQL",
            "missing": "",
            "versions": {"dlt": "1.31.0"},
            "first": RUN,
            "day": RUN | {"wall": 4.5},
            "probes": {"repeat": {"ok": False, "said": "rows differ"}},
        },
        {"name": "Spark", "what": "local", "missing": "no java on the PATH"},
    ],
}


@pytest.mark.parametrize("script", sorted(path.stem for path in DOCUMENT.parents[1].glob("tests/bench/[a-z]*.py")))
def test_each_script_can_be_started(script: str) -> None:
    # some are started once a year, and by hand: what they import may have moved since
    importlib.import_module(f"bench.{script}")


def text_of(tmp_path: Path, **measured: object) -> str:
    for name, found in measured.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(found))
    markers = [f"<!-- {name}: written -->\nold\n<!-- end of {name} -->" for name in PARTS]
    return filled("\n".join(markers), tmp_path)


def test_the_document_is_what_the_script_writes() -> None:
    assert filled(DOCUMENT.read_text("utf-8"), DATA) == DOCUMENT.read_text("utf-8")
    if (found := DATA / "peers.json").is_file():
        assert chart(json.loads(found.read_text("utf-8"))) == PICTURE.read_text("utf-8")


def test_the_table_of_workers_is_what_the_script_writes() -> None:
    assert filled(SCALE.read_text("utf-8"), DATA, SCALE_PARTS) == SCALE.read_text("utf-8")


def test_what_more_workers_would_take_is_said_to_be_computed() -> None:
    night = {"workers": 1, "files": 800, "rows": 80_000, "whole": 100.0, "judge": 48.0, "work": 32.0, "parts": 1}
    said = workers({"machine": "m", "date": "d", "how": "how", "nights": [night]})
    assert "| 1 | 48.0 s | 16.7 | 1,667 | 32.0 s | 100.0 s |" in said
    assert "16 workers" in said and "18.0 s (44.4 files, 4,444 rows a second)" in said  # 16 s start, 32 / 16 s work
    assert "would take 70.0 s" in said and "not measured" in said


def test_measurements_stand_in_their_places_and_what_is_missing_says_so(tmp_path: Path) -> None:
    target = {"what": "against the floor", "measured": 2.5, "target": 4.0, "moonshot": 3.0, "unit": "times", "ok": True}
    said = text_of(tmp_path, peers=PEERS, bench={"machine": "m", "date": "d", "rows": [target]})
    assert "| **dlt**: Arrow \\| SQL | 12.3 s | 1.50 GB | 4.50 s | 1.50 GB | yes | 0 of 1 |" in said
    assert "no: rows differ" in said and "Spark was left out: no java on the PATH." in said
    assert "| against the floor | 2.50 times | 4.00 times | 3.00 times | met |" in said
    assert "old" not in said and said.count("Not measured yet.") == 3


def test_counts_that_differ_are_told(tmp_path: Path) -> None:
    wrong = json.loads(json.dumps(PEERS))
    wrong["peers"][0]["day"]["differ"] = 2
    assert "2 units differ" in text_of(tmp_path, peers=wrong)


def test_a_document_without_a_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="0 places for bench"):
        filled("", tmp_path)


def test_the_chart_has_a_bar_a_run_of_who_ran_and_holds_for_dark_pages() -> None:
    drawn = chart(PEERS)
    bars = list(ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}rect"))
    assert [float(bar.get("height", "0").rstrip("%")) for bar in bars].count(22) == 2
    assert "prefers-color-scheme: dark" in drawn and "12.3 s" in drawn and "Spark" not in drawn
