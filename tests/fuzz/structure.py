"""Changes of the structure of a table: columns, headings, lines above, ends of lines, sheets of a workbook."""

from __future__ import annotations

import unicodedata
from copy import deepcopy
from random import Random

from fuzz.books import Merged
from fuzz.contract import KEYS, KINDS
from fuzz.meant import HELD, IDENTITY, NAMES
from fuzz.tables import Change
from fuzz.written import Table


def rename_column(random: Random, made: Table) -> bool:
    """A heading that no map knows."""
    if len(set(made.headings)) < len(made.headings):
        return False  # one of two equal headings renamed leaves a sound file with a column more
    at = random.randrange(len(made.headings))
    made.headings[at] = random.choice(("Cột mới", "XYZ", "", made.headings[at] + " (mới)", "CANARY"))
    return True


def remove_column(random: Random, made: Table) -> bool:
    """A column is gone; what its values meant is not."""
    if made.lines:
        return False
    at = random.randrange(len(made.headings))
    _insert_or_remove(made, at, None)
    return True


def repeat_column(random: Random, made: Table) -> bool:
    """A heading stands twice, with the same or with other values."""
    known = [n for n, c in enumerate(made.columns) if c in KINDS[made.form.dataset]]
    if not known:
        return False
    at, to = random.choice(known), random.randrange(len(made.headings))
    column, copied = made.columns[at], [row[at] for row in made.cells]
    if made.lines:
        return False
    same = random.random() < 0.3
    if not same:
        random.shuffle(copied)
        for meant in made.meant.rows:
            meant[column] = HELD if copied != [row[at] for row in made.cells] else meant[column]
    _insert_or_remove(made, to, (made.headings[at], f"again:{column}", copied))
    return True


def further_column(random: Random, made: Table) -> bool:
    """A column nobody knows, or an empty one."""
    if made.lines:
        return False
    heading = random.choice(("", "STT", "Mã QR", "Ghi chú riêng"))
    values = [random.choice((n, NAMES[0], IDENTITY, "")) if heading else "" for n in range(len(made.cells))]
    _insert_or_remove(made, random.randrange(len(made.headings) + 1), (heading, "extra", values))
    return True


def _insert_or_remove(made: Table, at: int, new: tuple[str, str, list[object]] | None) -> None:
    for number, each in enumerate((made.headings, made.columns)):
        each[at : at + (new is None)] = [] if new is None else [str(new[number])]
    for number, row in enumerate(made.cells):
        row[at : at + (new is None)] = [] if new is None else [new[2][number]]


def order_columns(random: Random, made: Table) -> bool:
    """The columns in another order."""
    if made.lines or made.between:
        return False
    order = random.sample(range(len(made.headings)), len(made.headings))
    made.headings = [made.headings[n] for n in order]
    made.columns = [made.columns[n] for n in order]
    made.cells = [[row[n] for n in order] for row in made.cells]
    return True


def write_headings(random: Random, made: Table) -> bool:
    """Headings in another spelling of the same words."""
    at = random.randrange(len(made.headings))
    text = made.headings[at]
    made.headings[at] = random.choice(
        (
            text.upper(),
            text.lower(),
            f"  {text} ",
            unicodedata.normalize("NFD", text),
            text.replace(" ", "\u00a0"),
            text.replace(" ", "  "),
            text.replace(" ", "\n"),
            text[:2] + "\u200b" + text[2:],
            "\ufeff" + text,
            text.replace("Đ", "Ð").replace("đ", "ð"),
            text.replace("hóa", "hoá").replace("hòa", "hoà"),
            text + ":",
            text + " (*)",
        )
    )
    return True


def text_above(random: Random, made: Table) -> bool:
    """Titles above the headings of a CSV, or a ``sep=`` line."""
    if made.form.ending != "csv":
        return False
    if random.random() < 0.4:
        made.first_line = f"sep={made.delimiter}"
    else:
        width = len(made.headings)
        titles = [["DANH SÁCH HỒ SƠ NGÀY 25/11/2026"], ["Người xuất: " + NAMES[0]], [""]]
        made.above = [[*line, *[""] * (width - 1)] for line in titles[: random.randint(1, 3)]]
    return True


def other_separator(random: Random, made: Table) -> bool:
    """Another separator than the registry declares."""
    if made.form.ending != "csv" or made.lines:
        return False
    made.delimiter = random.choice((",", ";", "\t", "|"))
    return True


def ends_of_lines(random: Random, made: Table) -> bool:
    """Other ends of lines."""
    if made.form.ending != "csv" or made.lines:
        return False
    made.end = random.choice(("\n", "\r", "\r\r\n", "\n\r", "\r\n\r\n"))
    return True


# -- workbooks ----------------------------------------


def further_sheets(random: Random, made: Table) -> bool:
    """Rows go on in a second sheet, or a hidden one holds other rows."""
    if made.form.ending != "xlsx" or len(made.cells) < 3 or made.between:
        return False
    if random.random() < 0.6:
        made.book |= {"second": random.randint(1, len(made.cells) - 1), "bare second": random.random() < 0.2}
        made.book["total"] = False
    else:
        rows = deepcopy(made.cells[:2])
        for number, row in enumerate(rows):
            row[made.at(KEYS[made.form.dataset][0])] = f"{made.form.unit}-HIDDEN-{number:04d}"
        made.book["hidden"] = {"Nháp": rows}
    return True


def looks_of_a_book(random: Random, made: Table) -> bool:
    """What a workbook may have besides: a cover, the 1904 dates, hidden rows, formats, a long used range."""
    if made.form.ending != "xlsx":
        return False
    made.book |= random.choice(
        (
            {"cover": True},
            {"1904": True, "serial": True},
            {"serial": True, "format": "yyyy-mm-dd"},
            {"serial": True, "format": "General"},
            {"serial": True, "format": "[$-42A]dd mmmm yyyy"},
            {"hidden rows": {0}},
            {"down": True},
            {"titles": 12},
            {"below": [["Người lập biểu", NAMES[0]]]},
        )
    )
    return True


def merged_cells(random: Random, made: Table) -> bool:
    """A value is merged over the row below, which has none of its own."""
    columns = [c for c in made.columns if KINDS[made.form.dataset].get(c) in ("agency", "label", "flag")]
    if made.form.ending != "xlsx" or made.between or made.book.get("second") or not columns:
        return False
    column, row = random.choice(columns), random.randrange(len(made.cells) - 1)
    if any(isinstance(line[made.at(column)], Merged) for line in made.cells):
        return False
    if not isinstance(made.cells[row][made.at(column)], str) or not made.cells[row][made.at(column)]:
        return False
    made.cells[row][made.at(column)] = Merged(made.cells[row][made.at(column)])
    made.cells[row + 1][made.at(column)] = None
    made.meant.rows[row + 1][column] = made.meant.rows[row][column]
    return True


CHANGES: tuple[tuple[int, Change], ...] = (
    (2, rename_column),
    (2, remove_column),
    (1, repeat_column),
    (1, further_column),
    (1, order_columns),
    (2, write_headings),
    (1, text_above),
    (1, other_separator),
    (1, ends_of_lines),
    (3, further_sheets),
    (3, looks_of_a_book),
    (2, merged_cells),
)
