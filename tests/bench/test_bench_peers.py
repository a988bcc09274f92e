"""The exports of the probes hold the tie; a right answer passes its probe and a wrong one does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.peers import probes
from bench.peers.__main__ import PEERS
from bench.peers.measured import HERE, PROJECT, At, Peer, Stopped, call
from bench.scale import VENDOR, heading_of

NOBODY = Peer("nobody", "floor_alone.py", "", (), own=False)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> At:
    folder = tmp_path_factory.mktemp("probes")
    probes.write(folder / "exports", folder / "reference")
    return At(folder / "exports", folder / "reference", folder / "work")


def test_the_first_unit_has_the_share_that_binary_numbers_round_wrong(exports: At) -> None:
    counted = {unit: counts for unit, *counts in probes.right(exports.exports, exports.reference)}
    received, _, online, *_ = counted["H50.101"]
    assert (online, received) == (probes.TIE, probes.TIE_OF)
    assert round(100.0 * online / received, 2) != probes.TIE_RATE
    assert len(counted) == probes.UNITS


def _answer(at: At, **instead: Any) -> dict[str, Any]:
    heading = heading_of(at.reference, VENDOR)
    dossiers = {}
    for path in at.exports.glob("bench-csv/*/*/dossiers.csv"):
        for number, row in enumerate(probes._read(path), 1):
            dossiers[row[heading["dossier_code"]]] = [path.relative_to(at.exports).as_posix(), number, 10]
    return {"units": probes.right(at.exports, at.reference), "dossiers": dossiers, **instead}


def test_who_names_file_and_row_passes_and_who_names_the_file_alone_does_not(exports: At) -> None:
    heading = heading_of(exports.reference, VENDOR)
    right = _answer(exports)
    assert probes._lineage(right, exports.exports, heading).ok
    without = {code: [path, None, status] for code, (path, _, status) in right["dossiers"].items()}
    found = probes._lineage({"dossiers": without}, exports.exports, heading)
    assert (found.ok, found.said) == (False, "the file, no row")


def test_a_run_that_stops_fails_its_probe_and_says_why(exports: At, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(peer: Peer, at: At) -> None:
        raise Stopped("ValueError: no date")

    monkeypatch.setattr(probes, "run", stop)
    outcome = probes._after(NOBODY, exports, lambda now: True, "counts differ")
    assert (outcome.ok, outcome.said) == (False, "the run stopped: ValueError: no date")


def test_a_process_that_fails_is_told_by_its_last_line(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="FileNotFoundError"):
        call(NOBODY, At(tmp_path / "none", tmp_path / "none", tmp_path / "work"))


def test_who_lacks_its_environment_or_java_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.peers.measured.PEERS", Path("/nowhere/python"))
    missing = {Path(peer.script).stem: peer.missing() for peer in PEERS}
    assert not missing["ours"] and "make bench-peers" in missing["dlt_duckdb"]
    monkeypatch.setattr("bench.peers.measured.PEERS", PROJECT / "Makefile")
    monkeypatch.setenv("PATH", "")
    assert "no java" in next(peer for peer in PEERS if peer.java).missing()


def test_every_peer_has_a_script_and_every_script_is_a_peer() -> None:
    helpers = {"__init__.py", "__main__.py", "common.py", "measured.py", "probes.py"}
    assert {path.name for path in HERE.glob("*.py")} - helpers == {peer.script for peer in PEERS}


def test_nothing_of_the_peers_is_in_the_locks_of_the_warehouse() -> None:
    for lock in ("requirements.lock", "requirements.server.lock"):
        names = {line.split("==")[0] for line in (PROJECT / lock).read_text("utf-8").splitlines() if "==" in line}
        assert not names & {"dlt", "pyspark", "adbc-driver-postgresql"}
