"""Changes of cells and rows of a table, each with what it does to what the sender meant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from fuzz import cells
from fuzz.contract import KINDS
from fuzz.meant import ANY, HELD, NAMES
from fuzz.written import Table, csv_cell, csv_line

#: A change: does it and returns True, or leaves everything alone and returns False.
Change = Callable[[Random, Table], bool]


def _held(made: Table, row: int) -> None:
    made.meant.rows[row] = dict.fromkeys(made.meant.rows[row], HELD)


def a_cell(random: Random, made: Table) -> bool:
    """One cell holds something else."""
    row = random.randrange(len(made.cells))
    column = random.choice([c for c in made.columns if c in KINDS[made.form.dataset]])
    changed = cells.other(random, made.form, column, made.meant.rows[row].get(column))
    if changed is None or row in made.lines:
        return False
    made.cells[row][made.at(column)], made.meant.rows[row][column] = changed
    return True


def a_column(random: Random, made: Table) -> bool:
    """The same form of content in a whole column."""
    column = random.choice([c for c in made.columns if c in KINDS[made.form.dataset]])
    seed, done = random.random(), False
    for row, meant in enumerate(made.meant.rows):
        if meant.get(column) is not None and row not in made.lines:
            changed = cells.other(Random(seed), made.form, column, meant[column])
            if changed is not None:
                made.cells[row][made.at(column)], meant[column] = changed
                done = True
    return done


def american_dates(random: Random, made: Table) -> bool:
    """A column in the order month, day; certain only where a day beyond 12 shows it."""
    if not made.form.vendor or not made.dates or made.lines:
        return False
    columns = random.sample(made.dates, 1) if random.random() < 0.5 else made.dates
    for column in columns:
        stamps = [m[column] for m in made.meant.rows if isinstance(m.get(column), datetime)]
        shows = any(stamp.day > 12 for stamp in stamps)
        for row, meant in enumerate(made.meant.rows):
            if isinstance(stamp := meant.get(column), datetime):
                made.cells[row][made.at(column)] = f"{stamp:%m/%d/%Y %H:%M}"
                if not shows:
                    meant[column] = ANY
    made.book["serial"] = False
    return True


def null_words(random: Random, made: Table) -> bool:
    """Every empty cell says NULL."""
    word = random.choice(cells.NULLS)
    for row in made.cells:
        row[:] = [word if value in (None, "") else value for value in row]
    return True


# -- rows ----------------------------------------


def repeat_row(random: Random, made: Table) -> bool:
    """A row stands twice, in its neighbourhood or at the end; in vneid that is a contradiction where it differs."""
    row = random.randrange(len(made.cells))
    at = random.choice((row + 1, len(made.cells)))
    if made.lines or made.between or made.book.get("second"):
        return False
    made.cells.insert(at, list(made.cells[row]))
    made.meant.rows.insert(at, dict(made.meant.rows[row]))
    return True


def another_version(random: Random, made: Table) -> bool:
    """The same key again with other values: the later row wins, but of one commune and day neither."""
    if made.form.dataset != "vneid" or made.lines or made.between:
        return False
    row = random.randrange(len(made.cells))
    made.cells.append(list(made.cells[row]))
    made.cells[-1][2] = "17"
    _held(made, row)
    made.meant.rows.append(dict(made.meant.rows[row]))
    return True


def swap_cells(random: Random, made: Table) -> bool:
    """Two cells of different kinds have changed places."""
    kinds = {"label": "word", "flag": "word", "event": "date", "deadline": "date", "procedure": "code"}
    known = [c for c in made.columns if KINDS[made.form.dataset].get(c) in kinds]
    if len(known) < 2:
        return False
    row, (one, other) = random.randrange(len(made.cells)), random.sample(known, 2)
    meant = made.meant.rows[row]
    if kinds[KINDS[made.form.dataset][one]] == kinds[KINDS[made.form.dataset][other]] or row in made.lines:
        return False
    if meant.get(one) is None or meant.get(other) is None:
        return False
    at, to = made.at(one), made.at(other)
    made.cells[row][at], made.cells[row][to] = made.cells[row][to], made.cells[row][at]
    _held(made, row)
    return True


def _literal(made: Table, row: int, texts: list[str]) -> None:
    """The row as these cells: what a column then says otherwise than before nobody meant."""
    width, meant = len(made.headings), made.meant.rows[row]
    if any(texts[width:]):
        _held(made, row)
        return
    texts = [*texts, *[""] * (width - len(texts))]
    before = _texts(made.cells[row])
    for column, one, other in zip(made.columns, before, texts, strict=False):
        if column in meant and one != other:
            meant[column] = HELD


def _texts(row: list[object]) -> list[str]:
    return ["" if value is None else str(value) for value in row]


def shift_row(random: Random, made: Table) -> bool:
    """A separator too many or too few within a row."""
    row, at = random.randrange(len(made.cells)), random.randrange(1, len(made.headings) - 1)
    if made.form.ending != "csv" or row in made.lines:
        return False
    texts = _texts(made.cells[row])
    joined = random.random() < 0.5
    texts[at - 1 : at + 1] = [texts[at - 1] + texts[at]] if joined else [texts[at - 1], NAMES[0], texts[at]]
    made.lines[row] = csv_line(made, texts)
    _literal(made, row, texts)
    return True


def break_row(random: Random, made: Table) -> bool:
    """A line break within a row, without quotes."""
    row, at = random.randrange(len(made.cells)), random.randrange(1, len(made.headings))
    if made.form.ending != "csv" or row in made.lines:
        return False
    texts, separator = _texts(made.cells[row]), random.choice(("", made.delimiter))
    made.lines[row] = csv_line(made, texts[:at]) + separator + made.end + csv_line(made, texts[at:])
    _literal(made, row, texts[:at])
    return True


def trailing_separators(random: Random, made: Table) -> bool:
    """Rows end in separators with nothing between."""
    if made.form.ending != "csv":
        return False
    for row in random.sample(range(len(made.cells)), random.randint(1, len(made.cells))):
        if row not in made.lines:
            made.lines[row] = csv_line(made, made.cells[row]) + made.delimiter * random.randint(1, 3)
    return True


def quotes(random: Random, made: Table) -> bool:
    """Quotes where none belong: opened at the start of a cell, opened and closed in different rows, in the middle."""
    row, at = random.randrange(len(made.cells)), random.randrange(len(made.headings))
    if made.form.ending != "csv" or made.quoted or row in made.lines:
        return False
    text, below = _texts(made.cells[row])[at], row + 1
    way = random.randrange(4)
    if way == 1 and below < len(made.cells) and below not in made.lines:
        _raw(made, row, at, '"' + text)
        _raw(made, below, at, _texts(made.cells[below])[at] + '"')
    elif way == 2 and len(text) > 2:
        _raw(made, row, at, text[:2] + '"' + text[2:])
    elif way == 3 and text:
        _raw(made, row, at, text + '"')
    else:
        _raw(made, row, at, '"' + text)
    return True


def _raw(made: Table, row: int, at: int, text: str) -> None:
    """A cell as it stands, its quotes not doubled; what it holds is unreadable then."""
    parts = [csv_cell(value, made.delimiter) for value in made.cells[row]]
    made.lines[row] = made.delimiter.join([*parts[:at], text, *parts[at + 1 :]])
    if made.columns[at] in made.meant.rows[row]:
        made.meant.rows[row][made.columns[at]] = HELD


def line_between(random: Random, made: Table) -> bool:
    """A line among the rows that is none: blank, headings again, a subtotal, a name."""
    row = random.randrange(-1, len(made.cells))
    width = len(made.headings)
    blank: list[str] = [""] * width
    count = str(len(made.cells))
    line = random.choice(
        (
            blank,
            list(made.headings),
            ["Tổng cộng", count, *blank[2:]],
            ["Cộng trang", count, *blank[2:]],
            ["", "Cộng lĩnh vực", *blank[2:]],
            ["TỔNG CỘNG: " + count, *blank[1:]],
            [*blank[1:], NAMES[0]],
        )
    )
    if made.form.ending == "xlsx" and row < 0:
        return False
    made.between.setdefault(row, []).append(line)
    return True


def footer(random: Random, made: Table) -> bool:
    """Below the data: who made the list, and when."""
    width = len(made.headings)
    lines = [[""] * width, ["Đông Hà, ngày 25 tháng 11 năm 2026"], ["Người lập biểu", "", "Thủ trưởng"], [NAMES[0]]]
    made.between.setdefault(len(made.cells) - 1, []).extend([*line, *[""] * (width - len(line))] for line in lines)
    return True


def wrong_total(random: Random, made: Table) -> bool:
    """The total states more rows than there are: the file was cut."""
    if made.form.ending == "xlsx":
        made.book |= {"total": True, "stated": len(made.cells) + random.randint(1, 40)}
    else:
        width, more = len(made.headings), len(made.cells) + random.randint(1, 40)
        made.between.setdefault(len(made.cells) - 1, []).append(["Tổng cộng", f"{more} hồ sơ", *[""] * (width - 2)])
    made.meant.silent = False
    return True


CHANGES: tuple[tuple[int, Change], ...] = (
    (10, a_cell),
    (4, a_column),
    (1, american_dates),
    (1, null_words),
    (1, repeat_row),
    (1, another_version),
    (2, swap_cells),
    (2, shift_row),
    (1, break_row),
    (1, trailing_separators),
    (3, quotes),
    (2, line_between),
    (1, footer),
    (1, wrong_total),
)
