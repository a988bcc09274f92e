"""300 mutated files, as `make fuzz` judges 10,000; and that the judge of the product is worth something."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fuzz import reader
from fuzz.__main__ import fuzz
from fuzz.contract import FORMS, KEYS, KINDS
from fuzz.make import case
from fuzz.meant import ANY, HELD, IDENTITY, Case, Meant
from fuzz.product import Answer
from fuzz.verdict import faults
from fuzz.written import cell, csv_text, json_text, records, table

SEED = 766


@pytest.mark.slow
def test_300_mutated_files_are_read_right_or_say_so(tmp_path: Path) -> None:
    findings = fuzz(300, SEED, tmp_path)
    assert not findings.faulty, findings.report()
    read = sum(count for outcome, count in findings.outcomes.items() if outcome.startswith("accepted"))
    assert read > 100, findings.report()  # a gate that refuses everything is never wrong


def test_the_same_seed_and_number_make_the_same_file() -> None:
    for number in range(60):
        one, other = case(SEED, number), case(SEED, number)
        assert (one.form, one.changes, one.name) == (other.form, other.changes, other.name)
        assert one.form.ending == "xlsx" or one.content == other.content
    assert case(SEED, 1).content != case(SEED + 1, 1).content


def test_every_form_and_every_kind_of_change_comes_up() -> None:
    made = [case(SEED, number) for number in range(2000)]
    assert {each.form for each in made} == set(FORMS)
    changes = {change for each in made for change in each.changes}
    assert {"a_cell", "a_value", "quotes", "further_sheets", "key_twice", "envelope", "american_dates"} <= changes
    assert {"utf-16-be with mark", "gzip twice", "zip of one", "a bomb", "bytes: flip"} <= changes


@pytest.mark.parametrize("form", [form for form in FORMS if form.ending != "xlsx"], ids=lambda form: form.name)
def test_the_second_reading_reads_sound_files(form: Any) -> None:
    """The reader and the writers know nothing of each other's way: they agree on what a sound file says."""
    from random import Random

    from fuzz import originals

    for seed in range(20):
        rows = originals.rows(Random(seed), form, 6)
        text = csv_text(table(form, rows, Random(seed))) if form.is_table else json_text(records(form, rows))
        read = reader.read(form, text.encode(form.encoding))
        assert read.silent and len(read.rows) == len(rows)
        for meant, said in zip(rows, read.rows, strict=True):
            for column, value in said.items():
                assert value is ANY or value == meant[column] or (not value and not meant[column]), column


def _sound(**changed: Any) -> tuple[Case, Answer]:
    """A file that was read right, but for what is changed in its only row."""
    from random import Random

    from fuzz import originals

    form = next(form for form in FORMS if form.name == "json-2026")
    (row,) = originals.rows(Random(1), form, 1)
    taken = {
        **row,
        "receiving_unit": row["receiving_unit"] or form.unit,
        "handling_unit": row["handling_unit"] or form.unit,
    }
    taken["fees"] = "|".join(map(str, row["fees"])) or None
    taken["supplements"] = None
    row["supplements"] = ()
    judged = Case(0, form, b"", "dossiers.jsonl", Meant([row]))
    return judged, Answer("accepted", read=1, accepted=1, rows=[taken | changed])


def test_a_right_answer_has_no_fault() -> None:
    assert faults(*_sound()) == []


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"due_at": None}, "nothing for a value"),
        ({"channel": "postal?"}, "another value"),
        ({"dossier_code": "ANOTHER-1"}, "a key nobody meant"),
        ({"refused_at": IDENTITY}, "a personal value left the landing zone"),
    ],
)
def test_a_wrong_value_is_a_fault(changed: dict[str, Any], kind: str) -> None:
    judged, answer = _sound(**changed)
    assert kind in {fault.kind for fault in faults(judged, answer)}
    tolerant = replace(answer, warnings=["sep_line"])
    assert kind in {fault.kind for fault in faults(judged, tolerant)}  # a tolerance excuses nothing


def test_what_must_not_be_taken_in_is_a_fault_unless_said() -> None:
    judged, answer = _sound()
    judged.meant.rows[0]["due_at"] = HELD
    assert [fault.kind for fault in faults(judged, answer)] == ["unreadable taken in"]
    assert faults(judged, replace(answer, warnings=["unreadable_value"])) == []


def test_lost_rows_silence_crashes_and_hanging_are_faults() -> None:
    judged, answer = _sound()
    more = Meant([*judged.meant.rows, {**judged.meant.rows[0], "dossier_code": "H50.102-1"}])
    kinds = [
        faults(replace(judged, meant=more), answer),
        faults(replace(judged, meant=replace(judged.meant, silent=False)), answer),
        faults(replace(judged, meant=replace(judged.meant, readable=True)), Answer("refused", "zero_bytes")),
        faults(judged, replace(answer, read=2)),
        faults(judged, Answer(raised="Traceback\nValueError: x")),
        faults(judged, Answer(hung=True)),
    ]
    assert [found[0].kind for found in kinds] == [
        "rows lost",
        "accepted without a word",
        "a good file refused",
        "out of balance",
        "raised",
        "hung or died",
    ]


def test_every_column_has_a_kind_and_can_be_written() -> None:
    for form in FORMS:
        assert set(KEYS[form.dataset]) <= set(KINDS[form.dataset])
        assert cell(form, KEYS[form.dataset][0], None) is None
