"""Which revision of a delivery is in force: the newest readable one, whatever was judged in which order."""

from __future__ import annotations

from ledger_rows import DAY, arrival, decide, in_force, result

from cchc.ledger import Ledger, Standing


def test_refused_first_then_good(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a")])
    decide(ledger, a="refused")
    assert in_force(ledger) == []
    ledger.record_arrivals([arrival("b")])
    decide(ledger, b="accepted")
    assert in_force(ledger) == [2]


def test_good_then_refused_keeps_the_good_one(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a")])
    decide(ledger, a="accepted")
    ledger.record_arrivals([arrival("b")])
    decide(ledger, b="refused")
    assert in_force(ledger) == [1]


def test_a_newer_good_one_replaces_the_older(ledger: Ledger) -> None:
    for letter in "abc":
        ledger.record_arrivals([arrival(letter)])
        decide(ledger, **{letter: "accepted"})
    assert in_force(ledger) == [3]


def test_two_revisions_decided_at_once(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a"), arrival("b")])
    decide(ledger, a="accepted", b="accepted")
    assert in_force(ledger) == [2]


def test_an_older_revision_judged_again_does_not_come_back(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a"), arrival("b")])
    first, second = ledger.undecided()
    ledger.record_results([result(second)])
    ledger.record_results([result(first)])
    assert in_force(ledger) == [2]


def test_the_newest_refused_when_judged_again_gives_way(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a"), arrival("b")])
    decide(ledger, a="accepted", b="accepted")
    assert ledger.reopen(DAY, DAY) == 2
    decide(ledger, a="accepted", b="refused")
    assert in_force(ledger) == [1]
    assert ledger.reopen(DAY, DAY) == 2
    decide(ledger, a="refused", b="refused")
    assert in_force(ledger) == []


def standing(ledger: Ledger, **outcomes: str) -> dict[str, set[int]]:
    """What the ledger says of the undecided revisions whose hash starts so, by revision number."""
    number = {row["id"]: row["revision"] for row in ledger.find()}
    results = [result(r, outcomes[r.sha256[0]]) for r in ledger.undecided() if r.sha256[0] in outcomes]
    said = vars(ledger.standing(results))
    ledger.record_results(results)
    return {name: {number[i] for i in ids} for name, ids in said.items() if ids}


def test_what_a_load_is_told_is_what_the_ledger_then_holds(ledger: Ledger) -> None:
    for letter in "ab":
        ledger.record_arrivals([arrival(letter)])
    assert standing(ledger, a="accepted", b="accepted") == {"in_force": {2}, "discarded": {1}, "begun": {2}}
    assert in_force(ledger) == [2]
    ledger.record_arrivals([arrival("c")])
    assert standing(ledger, c="refused") == {"discarded": {3}}
    assert in_force(ledger) == [2]
    ledger.record_arrivals([arrival("d")])
    assert standing(ledger, d="accepted") == {"in_force": {4}, "replaced": {1, 2}, "begun": {4}, "ended": {2}}
    assert in_force(ledger) == [4]
    assert ledger.standing([]) == Standing()


def test_a_replay_in_two_halves_leaves_no_rows_of_both(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a"), arrival("b")])
    decide(ledger, a="accepted", b="accepted")
    ledger.reopen(DAY, DAY)
    first = standing(ledger, a="accepted")
    assert first == {"in_force": {1}, "replaced": {2}, "begun": {1}, "ended": {2}}
    assert standing(ledger, b="accepted") == {"in_force": {2}, "replaced": {1}, "begun": {2}, "ended": {1}}
    assert in_force(ledger) == [2]


def test_asked_again_after_a_crash_the_answer_is_the_same(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a")])
    decide(ledger, a="accepted")
    ledger.record_arrivals([arrival("b")])
    results = [result(revision) for revision in ledger.undecided()]
    assert ledger.standing(results) == ledger.standing(results)
    assert len(ledger.standing(results).replaced) == 1
