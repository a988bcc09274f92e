"""One file to judge, from a seed and a number: sound rows, written in a form, changed, and packed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from fuzz import objects, originals, packed, reader, structure, tables
from fuzz.books import with_far_cell, workbook
from fuzz.contract import FORMS, Form
from fuzz.meant import Case, Meant
from fuzz.written import Records, Table, csv_text, json_text, records, table

#: Of files: nothing changed, rows and structure changed, another encoding, another container; the rest are damaged.
UNTOUCHED, CHANGED, ENCODED, CONTAINED = 0.03, 0.72, 0.80, 0.90
#: After these nothing is wrong with a file: it has to be read.
HARMLESS = {"order_columns", "order_keys", "decomposed", "gzip", "gzip in parts"}
#: Workbooks cost ten times as much as text.
_WEIGHTS = [2 if form.ending == "xlsx" else 3 for form in FORMS]


def case(seed: int, number: int, forms: Sequence[Form] = FORMS) -> Case:
    """The same seed and number give the same file."""
    random = Random(f"{seed}:{number}")
    form = random.choices(FORMS, _WEIGHTS)[0]
    if form not in forms:
        form = random.choice(forms)
    rows = originals.rows(random, form, random.randint(3, 9))
    made: Any = table(form, rows, random) if form.is_table else records(form, rows)
    made_of = Case(number, form, b"", packed.name_of(form), made.meant)
    share = random.random()
    if share < UNTOUCHED:
        made.meant.readable = True
        made_of.content = _bytes(made)
    elif share < CHANGED:
        _change(random, made, made_of)
    elif share < ENCODED and form.ending != "xlsx":
        _encode(random, made, made_of)
    elif share < CONTAINED:
        _contain(random, made, made_of)
    else:
        _damage(random, made, made_of)
    return made_of


def _bytes(made: Any) -> bytes:
    if made.form.ending == "xlsx":
        return workbook(made)
    return packed.plain(made.form, _text(made))


def _text(made: Any) -> str:
    return csv_text(made) if isinstance(made, Table) else json_text(made)


def _change(random: Random, made: Table | Records, made_of: Case) -> None:
    changes: Any = (*tables.CHANGES, *structure.CHANGES) if isinstance(made, Table) else objects.CHANGES
    weights, offered = zip(*changes, strict=True)
    wanted, tries = random.choice((1, 1, 1, 1, 2, 2, 3)), 0
    while len(made_of.changes) < wanted and tries < 40:
        tries += 1
        change = random.choices(offered, weights)[0]
        if change(random, made):
            made_of.changes.append(change.__name__)
    of_books = {"further_sheets", "looks_of_a_book", "merged_cells"} & set(made_of.changes)
    is_plain_book = isinstance(made, Table) and made.form.ending == "xlsx" and not of_books and not made.between
    if is_plain_book and random.random() < 0.06:
        made_of.changes.append("web_table")
        made_of.content = packed.web_table(made)
        return
    if is_plain_book and random.random() < 0.03:
        made_of.changes.append("far_cell")
        made_of.content = with_far_cell(workbook(made), random)
        return
    made.meant.readable = set(made_of.changes) <= HARMLESS
    made_of.content = _bytes(made)


def _encode(random: Random, made: Any, made_of: Case) -> None:
    done = packed.encoded(random, made.form, _text(made))
    if done is None:
        made_of.content = _bytes(made)
        return
    made_of.content, what = done
    made_of.changes.append(what)
    made.meant.readable = what in HARMLESS and bool(made.form.vendor)


def _contain(random: Random, made: Any, made_of: Case) -> None:
    content = _bytes(made)
    made_of.content, made_of.name, what = packed.contained(random, made.form, content)
    made_of.changes.append(what)
    if what == "cut" and made.form.ending != "xlsx":
        made_of.meant = reader.read(made.form, made_of.content)
    elif what in packed.NOT_THE_ROWS or what in ("cut", "gzip cut", "zip cut", "gzip, another sum"):
        # a single line feed is an empty day of JSON lines
        made_of.meant = Meant([], silent=what == "line feeds" and made.form.ending == "jsonl")
    elif what == "zip of two":
        made.meant.silent = False
    else:
        made.meant.readable = what in HARMLESS


def _damage(random: Random, made: Any, made_of: Case) -> None:
    made_of.content, what = packed.damaged(random, _bytes(made))
    made_of.changes.append(f"bytes: {what.split(' at ')[0]}")
    if made.form.ending != "xlsx":
        made_of.meant = reader.read(made.form, made_of.content)
