"""How each dialect writes a canonical value, and tables and records of them before they are bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from fuzz.contract import CODES, HEADINGS, KINDS, LABELS, SOURCE, Form
from fuzz.meant import IDENTITY, NAMES, PHONE, Meant, Row

STAMP = {"onecsv": "%d/%m/%Y %H:%M", "workbook": "%d/%m/%Y %H:%M", "csv": "%Y%m%d%H%M%S", "dvcqg2022": "%Y%m%d%H%M%S"}
ISO = "%Y-%m-%d %H:%M:%S"
PERSONAL = {
    "personal:applicant_name": NAMES[0],
    "personal:identity_number": IDENTITY,
    "personal:phone": PHONE,
    "personal:email": NAMES[1],
    "personal:address": NAMES[2],
    "personal:birth_date": "01/01/1899",
    "personal:subject": NAMES[3],
}


def moment(value: datetime | None, dialect: str) -> str:
    return value.strftime(STAMP.get(dialect, ISO)) if value else ""


def grouped(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")


def cell(form: Form, column: str, value: Any) -> Any:
    """A canonical value as a cell or JSON value of the dialect; None where there is none."""
    kind, dialect = KINDS[form.dataset][column], form.dialect
    if value is None:
        return None
    if kind in ("event", "deadline"):
        return moment(value, dialect)
    if isinstance(value, date):
        return str(value)
    if kind == "flag":
        if form.vendor:
            return LABELS["boolean"]["true" if value else "false"]
        return value if form.ending == "jsonl" else str(int(value))
    if kind == "label" and form.vendor:
        return LABELS[column][value]
    if kind == "label":
        code = CODES[dialect].get(column, {}).get(value, value)
        return int(code) if dialect == "dvcqg2026" else code
    if kind == "number":
        return int(value) if form.ending == "jsonl" else value
    if kind == "amount":
        return str(value)
    if kind == "fees":
        return "|".join(grouped(fee) for fee in value) or None
    if kind == "supplements":
        return "|".join(f"{moment(a, dialect)} - {moment(b, dialect)}" for a, b in value) or None
    return value


@dataclass
class Table:
    """A table before it is bytes. ``cells`` beside ``meant.rows``; ``columns`` beside ``headings``.

    ``above`` are lines over the headings, ``between`` lines after a row (-1: after the headings), ``lines`` replace the
    text of a row, ``book`` says what the workbook shall have besides.
    """

    form: Form
    headings: list[str]
    columns: list[str]
    cells: list[list[Any]]
    meant: Meant
    above: list[list[str]] = field(default_factory=list)
    between: dict[int, list[list[Any]]] = field(default_factory=dict)
    lines: dict[int, str] = field(default_factory=dict)
    delimiter: str = ","
    end: str = "\r\n"
    first_line: str = ""
    quoted: bool = False
    book: dict[str, Any] = field(default_factory=dict)

    def at(self, column: str) -> int:
        return self.columns.index(column)

    @property
    def dates(self) -> list[str]:
        return [c for c in self.columns if KINDS[self.form.dataset].get(c) in ("event", "deadline")]


@dataclass
class Records:
    """JSON records before they are bytes. ``texts`` replace the text of a record, ``envelope`` stands around them."""

    form: Form
    records: list[Any]
    meant: Meant
    envelope: dict[str, Any] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    ascii: bool = False
    whole: str = ""  # replaces everything
    end: str = "\n"

    @property
    def keys(self) -> dict[str, str]:
        return SOURCE[self.form.dialect if self.form.dataset == "dossiers" else self.form.dataset]


def table(form: Form, rows: list[Row], random: Random) -> Table:
    """The rows as a sound table of the form, personal columns among them."""
    named = HEADINGS[form.vendor] if form.vendor else SOURCE[form.dataset]
    columns = list(named)
    for row in rows:  # a vendor that has no such column means nothing by it
        row |= {column: None for column in KINDS[form.dataset] if column not in columns}
    cells = [[PERSONAL[c] if c in PERSONAL else cell(form, c, row[c]) for c in columns] for row in rows]
    made = Table(form, [named[c] for c in columns], columns, cells, Meant(rows), delimiter=form.delimiter)
    if form.ending == "xlsx":
        made.book = {"titles": random.randint(0, 5), "group": random.random() < 0.5, "serial": random.random() < 0.5}
        made.book["total"] = random.random() < 0.7
    return made


def records(form: Form, rows: list[Row]) -> Records:
    """The rows as sound JSON records of the form."""
    made = Records(form, [], Meant(rows))
    for row in rows:
        record = {key: cell(form, column, row[column]) for column, key in made.keys.items()}
        if form.dialect == "dvcqg2022":
            record = {key: "" if value is None else str(value) for key, value in record.items()} | _nested_2022(row)
        elif form.dialect == "dvcqg2026":
            record |= _nested_2026(row)
        made.records.append(record)
    if form.dialect == "dvcqg2022":
        made.envelope = {"madonvi": form.unit, "service": "DongBoHoSoMC", "isUpdating": "True"}
    return made


def _nested_2022(row: Row) -> dict[str, Any]:
    paper, stamp = "/hs/1/1.pdf", lambda value: moment(value, "dvcqg2022")
    return {
        "ChuHoSo": NAMES[0],
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": IDENTITY}],
        "SoDienThoai": PHONE,
        "TrichYeuHoSo": NAMES[3],
        "TaiLieuNop": [
            {
                "DuongDanTaiTepTin": paper,
                "DuocTaiSuDung": str(int(row["reused_part"])),
                "DuocLayTuKhoDMQG": str(int(row["from_personal_store"])),
            }
        ],
        "DanhSachLePhi": [{"Gia": str(fee)} for fee in row["fees"]],
        "DanhSachHoSoBoSung": [{"NgayBoSung": stamp(a), "NgayTiepNhanBoSung": stamp(b)} for a, b in row["supplements"]],
        "DanhSachGiayToKetQua": [
            {
                "MaGiayToKetQua": "KQ.G15.000031",
                "DuongDanTepTinKetQua": "/kq/1.pdf" if row["has_electronic_result"] else paper,
            }
        ],
    }


def _nested_2026(row: Row) -> dict[str, Any]:
    stamp = lambda value: moment(value, "dvcqg2026") or None  # noqa: E731
    return {
        "PhiLePhi": [{"SoTien": fee} for fee in row["fees"]],
        "BoSung": [{"NgayYeuCau": stamp(a), "NgayHoanThanh": stamp(b)} for a, b in row["supplements"]],
        "ThanhPhanHoSo": [
            {
                "MaThanhPhanHoSo": "TP0",
                "TaiSuDung": row["reused_part"],
                "LayTuKho": row["from_personal_store"],
                "GiayToDinhKem": [{"IdGiayTo": "f1-1"}],
            }
        ],
        "KetQua": [{"MaKetQua": "KQ1", "IdGiayTo": "r1" if row["has_electronic_result"] else "f1-1"}],
        "ThongTinNguoiNop": {"HoTen": NAMES[0], "SoDinhDanh": IDENTITY, "DienThoai": PHONE},
    }


# -- to text ----------------------------------------


def csv_cell(value: Any, delimiter: str, quoted: bool = False) -> str:
    text = "" if value is None else str(value)
    if quoted or any(mark in text for mark in (delimiter, '"', "\r", "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text


def csv_line(made: Table, cells: list[Any]) -> str:
    return made.delimiter.join(csv_cell(value, made.delimiter, made.quoted) for value in cells)


def csv_text(made: Table) -> str:
    """The table as CSV text."""
    lines = [made.first_line] if made.first_line else []
    lines += [csv_line(made, cells) for cells in made.above]
    lines.append(csv_line(made, made.headings))
    lines += [csv_line(made, cells) for cells in made.between.get(-1, [])]
    for number, cells in enumerate(made.cells):
        lines.append(made.lines.get(number, csv_line(made, cells)))
        lines += [csv_line(made, each) for each in made.between.get(number, [])]
    return "".join(line + made.end for line in lines)


def json_text(made: Records) -> str:
    """The records as a document or as lines."""
    if made.whole:
        return made.whole
    texts = [
        made.texts.get(number, json.dumps(record, ensure_ascii=made.ascii))
        for number, record in enumerate(made.records)
    ]
    if made.form.dialect == "dvcqg2022":
        head = "".join(
            f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=made.ascii)}, " for key, value in made.envelope.items()
        )
        return "{" + head + '"data": [' + ", ".join(texts) + "]}"
    return "".join(text + made.end for text in texts)
