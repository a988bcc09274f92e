"""The two tabular dialects, ``onecsv`` and ``workbook``: Vietnamese headings, labels instead of codes."""

from __future__ import annotations

import csv
import io
import tempfile
import unicodedata
from datetime import date, datetime
from typing import Any

import xlsxwriter

from cchc.demo.dossier import ELECTRONIC, Dossier
from cchc.demo.people import PERSONAL, personal
from cchc.demo.reference import Outlet, Reference

STAMPS = {"submitted_at", "received_at", "due_at", "finished_at", "returned_at", "refused_at"}
GROUPS = (
    ("Hồ sơ", ("dossier_code", "procedure_code", "receiving_unit", "handling_unit")),
    ("Người nộp", (*(f"personal:{name}" for name in PERSONAL), "applicant_kind")),
    ("Tiến độ", ("channel", *sorted(STAMPS), "status", "supplements")),
    (
        "Số hóa",
        ("has_digitised_parts", "vneid_verified", "reused_part", "from_personal_store", "has_electronic_result"),
    ),
    ("Phí", ("online_payment", "fees")),
)
ZIP_EPOCH = datetime(2026, 1, 1)


def office(stamp: datetime | None) -> str:
    """``dd/MM/yyyy HH:mm``."""
    if stamp is None:
        return ""
    return f"{stamp.day:02d}/{stamp.month:02d}/{stamp.year:04d} {stamp.hour:02d}:{stamp.minute:02d}"


def dotted(amount: int) -> str:
    """``50.000``."""
    return f"{amount:,}".replace(",", ".")


def cells(d: Dossier, reference: Reference) -> dict[str, Any]:
    """Canonical column to cell; moments stay moments."""
    labels = reference.labels
    boolean = {True: labels["boolean"]["true"], False: labels["boolean"]["false"]}
    out: dict[str, Any] = {
        "dossier_code": d.code,
        "procedure_code": d.procedure,
        "receiving_unit": d.receiving_unit or "",
        "handling_unit": d.handling_unit or "",
        "applicant_kind": labels["applicant_kind"][d.applicant_kind],
        "channel": labels["channel"][d.channel] if d.channel else "",
        "submitted_at": d.submitted_at,
        "received_at": d.received_at,
        "due_at": d.due_at,
        "finished_at": d.finished_at,
        "returned_at": d.returned_at,
        "refused_at": d.refused_at,
        "status": labels["status"][str(d.status)],
        "supplements": "|".join(f"{office(a)} - {office(b)}" for a, b in d.supplements),
        "has_digitised_parts": boolean[d.digitised],
        "vneid_verified": boolean[d.vneid],
        "reused_part": boolean[d.reused],
        "from_personal_store": boolean[d.from_store],
        "has_electronic_result": boolean[d.result == ELECTRONIC],
        "online_payment": labels["online_payment"][str(d.online_payment)],
        "fees": "|".join(dotted(fee) for fee in d.fees),
    }
    out.update((f"personal:{name}", text) for name, text in zip(PERSONAL, personal(d.person), strict=True))
    out.update((f"personal:{k}" if k in PERSONAL else k, text) for k, text in d.raw.items())
    return out


def lines_of(
    dossiers: list[Dossier], outlet: Outlet, reference: Reference, extra: str = "", without: str = ""
) -> list[list[str]]:
    """Headings and rows as text. ``extra`` adds an unknown column, ``without`` leaves a canonical one out."""
    columns = [(h, c) for h, c in reference.headings[outlet.vendor] if c != without]
    lines = [[h for h, _ in columns] + [extra] * bool(extra)]
    for d in dossiers:
        row = cells(d, reference)
        line = [office(v) if isinstance(v := row[c], datetime) or v is None else v for _, c in columns]
        lines.append(line + ["CANARY"] * bool(extra))
    return lines


def table(
    dossiers: list[Dossier],
    outlet: Outlet,
    reference: Reference,
    decomposed: bool = False,
    extra: str = "",
    without: str = "",
) -> bytes:
    """A ``onecsv`` file, of ``lines_of``."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=outlet.delimiter).writerows(lines_of(dossiers, outlet, reference, extra, without))
    text = unicodedata.normalize("NFD", out.getvalue()) if decomposed else out.getvalue()
    return text.encode(outlet.encoding)


def workbook(
    dossiers: list[Dossier],
    outlet: Outlet,
    reference: Reference,
    unit: str,
    day: date,
    serials: bool,
    without: str = "",
) -> bytes:
    """A ``workbook`` file: title block, groups, headings, rows, total. ``serials``: dates and fees as numbers."""
    columns = [(h, c) for h, c in reference.headings[outlet.vendor] if c != without]
    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as scratch:
        # Both forms of text occur: inline (rows written at once) and shared strings.
        kind: dict[str, Any] = {"in_memory": True} if serials else {"constant_memory": True, "tmpdir": scratch}
        book = xlsxwriter.Workbook(out, {**kind, "strings_to_formulas": False})
        book.set_properties({"created": ZIP_EPOCH})
        sheet = book.add_worksheet()
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        titles = ["UBND TỈNH QUẢNG TRỊ", "BÁO CÁO HỒ SƠ", f"Ngày {day:%d/%m/%Y}"]
        titles += [] if serials else [f"Đơn vị {unit}", ""]
        for at, title in enumerate(titles):
            sheet.write_string(at, 0, title)
        _groups(sheet, len(titles), [c for _, c in columns], book.add_format({"align": "center"}))
        sheet.write_row(len(titles) + 1, 0, [h for h, _ in columns])
        at = len(titles) + 1
        for at, d in enumerate(dossiers, len(titles) + 2):
            row = cells(d, reference)
            if serials and len(d.fees) == 1 and "fees" not in d.raw:
                row["fees"] = d.fees[0]
            for place, (_, canonical) in enumerate(columns):
                value = row[canonical]
                if value is None or value == "":
                    continue
                if isinstance(value, datetime) and serials:
                    sheet.write_datetime(at, place, value.replace(second=0, microsecond=0), moment)
                elif isinstance(value, int):
                    sheet.write_number(at, place, value)
                else:
                    sheet.write_string(at, place, office(value) if isinstance(value, datetime) else value)
        sheet.write_string(at + 1, 0, "Tổng cộng")
        sheet.write_string(at + 1, len(columns) - 1, dotted(sum(sum(d.fees) for d in dossiers)))
        book.close()
    return out.getvalue()


def _groups(sheet: Any, at: int, canonical: list[str], style: Any) -> None:
    start = 0
    for name, members in GROUPS:
        width = sum(c in members for c in canonical)
        if width > 1:
            sheet.merge_range(at, start, at, start + width - 1, name, style)
        start += width
