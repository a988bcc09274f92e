"""What a build tells a catalogue of lineage, and that no receiver can make it fail."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from dbt_warehouse import Built

from cchc.model.lineage import tell_lineage, transport


def names(datasets: list[dict[str, Any]]) -> set[str]:
    return {each["name"].rpartition(".")[2] for each in datasets}


def test_a_file_hears_of_every_model_what_it_read_and_wrote(built: Built, tmp_path: Path) -> None:
    heard = tmp_path / "lineage.jsonl"
    tell_lineage(replace(built.settings, lineage=str(heard)))
    events = [json.loads(line) for line in heard.read_text("utf-8").splitlines()]
    results = json.loads((built.settings.dbt_target / "run_results.json").read_bytes())["results"]
    built_here = {each["unique_id"].rpartition(".")[2] for each in results if each["unique_id"].startswith("model.")}
    done = {
        event["job"]["facets"]["dbt_node"]["alias"]: event
        for event in events
        if event["eventType"] == "COMPLETE" and event["job"]["facets"]["jobType"]["jobType"] == "MODEL"
    }
    assert built_here <= done.keys()
    ranking = done["fct_ranking"]
    assert {"fct_unit_total", "dim_unit_period"} & names(ranking["inputs"]), names(ranking["inputs"])
    assert names(ranking["outputs"]) == {"fct_ranking"}
    fields = ranking["outputs"][0]["facets"]["schema"]["fields"]
    assert {"unit_code", "rank"} <= {each["name"] for each in fields}
    assert {"dossiers"} <= set().union(*(names(event["inputs"]) for event in done.values())), "the loaded rows"
    tell_lineage(replace(built.settings, lineage=str(heard)))
    assert len(heard.read_text("utf-8").splitlines()) == 2 * len(events)


def test_a_receiver_on_the_network_hears_the_same(built: Built) -> None:
    heard: list[dict[str, Any]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(201)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        tell_lineage(replace(built.settings, lineage=f"http://127.0.0.1:{server.server_port}"))
        server.shutdown()
    assert {event["eventType"] for event in heard} == {"START", "COMPLETE"}
    assert len({event["run"]["runId"] for event in heard}) == len(heard) / 2


@pytest.mark.parametrize("where", ["http://user:s3cret@127.0.0.1:9", "missing.yml"])
def test_a_receiver_that_is_not_there_fails_no_build(
    where: str, built: Built, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "cchc.model"):
        tell_lineage(replace(built.settings, lineage=where))
    (said,) = caplog.messages
    assert "CCHC_LINEAGE" in said and "s3cret" not in said


def test_nobody_hears_where_nobody_is_named(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", lambda *_, **__: pytest.fail("a process was started"))
    tell_lineage(built.settings)


def test_a_configuration_of_openlineage_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "ol.yml").write_text("transport: {type: console}\n", "utf-8")
    assert transport(str(tmp_path / "ol.yml")) == {"transport": {"type": "console"}}
