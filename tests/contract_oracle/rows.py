"""From a raw row to canonical values and the rules it breaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from contract_oracle.reference import Reference, plain

STAMPS = ["submitted_at", "received_at", "due_at", "finished_at", "returned_at", "refused_at"]
FLAGS = ["has_digitised_parts", "vneid_verified", "reused_part", "from_personal_store", "has_electronic_result"]
NULLS = ("NULL", "None", "nan", r"\N", "-")
KINDS = ("regulation", "staff", "rating")
PORTAL2022 = {
    "dossier_code": "MaHoSo",
    "procedure_code": "MaTTHC",
    "handling_unit": "DonViXuLy",
    "channel": "KenhThucHien",
    "submitted_at": "NgayNopHoSo",
    "received_at": "NgayTiepNhan",
    "due_at": "NgayHenTra",
    "finished_at": "NgayKetThucXuLy",
    "returned_at": "NgayTra",
    "refused_at": "NgayTuChoi",
    "status": "TrangThaiHoSo",
    "has_digitised_parts": "HoSoCoThanhPhanSoHoa",
    "vneid_verified": "TaiKhoanDuocXacThucVoiVNeID",
    "online_payment": "DuocThanhToanTrucTuyen",
}
PORTAL2026 = {
    "dossier_code": "MaHoSo",
    "procedure_code": "MaTTHC",
    "receiving_unit": "MaDonViTiepNhan",
    "handling_unit": "MaDonViXuLy",
    "channel": "KenhThucHien",
    "submitted_at": "NgayNop",
    "received_at": "NgayTiepNhan",
    "due_at": "NgayHenTra",
    "finished_at": "NgayKetThucXuLy",
    "returned_at": "NgayTra",
    "refused_at": "NgayTuChoi",
    "status": "TrangThai",
    "has_digitised_parts": "CoThanhPhanSoHoa",
    "vneid_verified": "TaiKhoanVNeID",
    "online_payment": "ThanhToanTrucTuyen",
    "updated_at": "CapNhatLuc",
}


@dataclass
class Read:
    """One row as read: canonical values and broken rules."""

    values: dict[str, Any]
    rules: set[str] = field(default_factory=set)


class BadDate(Exception):
    """Text in a date field that is no date."""


def compact(text: Any) -> datetime | None:
    """``yyyyMMddHHmmss``."""
    text = text.strip() if isinstance(text, str) else text
    if text in ("", None):
        return None
    if not re.fullmatch(r"\d{8}(\d{6})?", str(text)):
        raise BadDate
    return _made(lambda: datetime.strptime(str(text).ljust(14, "0"), "%Y%m%d%H%M%S"))


def iso(text: Any) -> datetime | None:
    """``yyyy-MM-dd HH:mm:ss``, with a T and fractions in the other form."""
    text = text.strip() if isinstance(text, str) else text
    if text in ("", None):
        return None
    if not re.fullmatch(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d(\.\d+)?)?", str(text)):
        raise BadDate
    return _made(lambda: datetime.fromisoformat(str(text)))


def office(value: Any) -> datetime | None:
    """``dd/MM/yyyy HH:mm``, or the serial number of a spreadsheet."""
    value = value.strip() if isinstance(value, str) else value
    if value in ("", None):
        return None
    if isinstance(value, float):
        return _made(lambda: datetime(1899, 12, 30) + timedelta(seconds=round(value * 86400)))
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}):(\d\d)(?::(\d\d))?)?", value)
    if not match:
        raise BadDate
    day, month, year, hour, minute, second = (int(g or 0) for g in match.groups())
    return _made(lambda: datetime(year, month, day, hour, minute, second))


def _made(make: Callable[[], datetime]) -> datetime:
    try:
        return make()
    except (ValueError, OverflowError) as error:
        raise BadDate from error


def meant(moment: datetime | None, text: str, is_deadline: bool) -> datetime | None:
    """None where the date stands for "none"; the end of a deadline's day where the text names no time."""
    if moment and not 2000 <= moment.year < 9000:
        return None
    has_no_time = re.fullmatch(r"\d{8}|\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4}", text)
    return moment.replace(hour=23, minute=59, second=59) if moment and is_deadline and has_no_time else moment


def amount(value: Any) -> int:
    """An amount in VND; points group thousands in text."""
    if isinstance(value, (int, float)):
        return int(value)
    text = str(value).strip()
    return int(text.replace(".", "")) if re.fullmatch(r"-?\d{1,3}(\.\d{3})+", text) else int(float(text))


class Dossiers:
    """Reads the rows of one dossier file."""

    def __init__(self, dialect: str, unit: str, day: date, reference: Reference) -> None:
        self.dialect, self.unit, self.reference, self.day = dialect, unit, reference, day
        self.agencies = reference.agencies(day)

    def read(self, raw: dict[str, Any]) -> Read:
        """Canonical values of a row and its broken rules."""
        names = {"dvcqg2022": PORTAL2022, "dvcqg2026": PORTAL2026}.get(self.dialect)
        find = (lambda c: raw.get(names.get(c, ""))) if names else (lambda c: raw.get(c))
        get = lambda c: None if str(find(c)).strip() in NULLS else find(c)  # noqa: E731
        stamp = {"dvcqg2022": compact, "dvcqg2026": iso}.get(self.dialect, office)
        out = Read({})
        v, bad = out.values, out.rules
        v["dossier_code"] = plain(str(get("dossier_code") or "")).upper()
        if not v["dossier_code"]:
            bad.add("no_key")
        code = str(get("procedure_code") or "").strip()
        match = re.match(r"\d\.\d{6}(?=\.|$)", code)
        v["procedure"] = match[0] if match else code
        if v["procedure"] not in self.reference.procedures:
            bad.add("unknown_procedure")
        for name in ("receiving_unit", "handling_unit"):
            v[name] = str(get(name) or "").strip() or self.unit
            if v[name] not in self.agencies:
                bad.add("unknown_unit")
        for name in [*STAMPS, "updated_at"]:
            try:
                v[name] = meant(stamp(get(name)), str(get(name) or "").strip(), name == "due_at")
            except BadDate:
                v[name] = None
                bad.add("bad_date")
        late = datetime.combine(self.day, time()) + timedelta(days=2)
        if any(v[name] and v[name] >= late for name in [*STAMPS, "updated_at"] if name != "due_at"):
            bad.add("after_export_date")
        self._codes(out, get)
        try:
            v["fees"] = self._fees(raw)
        except ValueError:
            v["fees"] = []
        if any(fee < 0 for fee in v["fees"]):
            bad.add("negative_amount")
        try:
            v["supplements"] = self._supplements(raw, stamp)
        except BadDate:
            v["supplements"] = []
            bad.add("bad_date")
        self._papers(v, raw)
        order(out)
        return out

    def _codes(self, out: Read, get: Callable[[str], Any]) -> None:
        v, labels = out.values, self.reference.labels
        if self.dialect in ("onecsv", "workbook"):
            told = lambda field: plain(str(get(field) or ""))  # noqa: E731
            v["status"] = int(labels["status"].get(told("status"), 0))
            v["channel"] = labels["channel"].get(told("channel"), "?") if told("channel") else "direct"
            v["online_payment"] = int(labels["online_payment"].get(told("online_payment"), 0))
            for name in FLAGS:
                v[name] = labels["boolean"].get(told(name)) == "true"
                if told(name) and told(name) not in labels["boolean"]:
                    out.rules.add("unknown_value")
        else:
            status = str(get("status") or "").strip().removesuffix(".0")
            channel = str(get("channel") or "").strip()
            v["status"] = int(status) if status.isdigit() and 1 <= int(status) <= 10 else 0
            v["channel"] = {"": "direct", "1": "direct", "2": "online", "3": "postal"}.get(channel, "?")
            paid = str(get("online_payment") or 0).strip()
            v["online_payment"] = int(paid) if paid.isdigit() else 0
            for name in ("has_digitised_parts", "vneid_verified"):
                v[name] = get(name) in (True, 1, "1")
                if get(name) not in (None, "", True, False, 1, 0, "1", "0"):
                    out.rules.add("unknown_value")
        if not v["status"]:
            out.rules.add("unknown_status")
        if v["channel"] == "?":
            out.rules.add("unknown_channel")

    def _fees(self, raw: dict[str, Any]) -> list[int]:
        if self.dialect == "dvcqg2022":
            return [amount(f["Gia"]) for f in raw.get("DanhSachLePhi") or [] if f.get("Gia") not in ("", None)]
        if self.dialect == "dvcqg2026":
            return [amount(f["SoTien"]) for f in raw.get("PhiLePhi") or [] if f.get("SoTien") is not None]
        cell = raw.get("fees")
        if isinstance(cell, float):
            return [int(cell)]
        return [amount(part) for part in str(cell or "").split("|") if part.strip()]

    def _supplements(self, raw: dict[str, Any], stamp: Callable[[Any], Any]) -> list[tuple[Any, Any]]:
        if self.dialect == "dvcqg2022":
            rows = raw.get("DanhSachHoSoBoSung") or []
            return [(stamp(r.get("NgayBoSung")), stamp(r.get("NgayTiepNhanBoSung"))) for r in rows]
        if self.dialect == "dvcqg2026":
            return [(stamp(r.get("NgayYeuCau")), stamp(r.get("NgayHoanThanh"))) for r in raw.get("BoSung") or []]
        out = []
        for part in str(raw.get("supplements") or "").split("|"):
            if part.strip():
                asked, _, answered = part.partition(" - ")
                out.append((stamp(asked.removesuffix(" -")), stamp(answered)))
        return out

    def _papers(self, v: dict[str, Any], raw: dict[str, Any]) -> None:
        if self.dialect == "dvcqg2022":
            papers, results = raw.get("TaiLieuNop") or [], raw.get("DanhSachGiayToKetQua") or []
            v["reused_part"] = any(p.get("DuocTaiSuDung") == "1" for p in papers)
            v["from_personal_store"] = any(p.get("DuocLayTuKhoDMQG") == "1" for p in papers)
            paths = {p.get("DuongDanTaiTepTin") for p in papers}
            pairs = [(r.get("MaGiayToKetQua"), r.get("DuongDanTepTinKetQua")) for r in results]
        elif self.dialect == "dvcqg2026":
            papers, results = raw.get("ThanhPhanHoSo") or [], raw.get("KetQua") or []
            v["reused_part"] = any(p.get("TaiSuDung") in (True, 1) for p in papers)
            v["from_personal_store"] = any(p.get("LayTuKho") in (True, 1) for p in papers)
            paths = {f.get("IdGiayTo") for p in papers for f in p.get("GiayToDinhKem") or []}
            pairs = [(r.get("MaKetQua"), r.get("IdGiayTo")) for r in results]
        else:
            return
        v["has_electronic_result"] = any(code and file and file not in paths for code, file in pairs)


def order(row: Read) -> None:
    """The rules that compare two dates."""
    v = row.values
    submitted, received = v["submitted_at"], v["received_at"]
    if submitted and received and received < submitted - timedelta(days=1):
        row.rules.add("received_before_submitted")
    if received and v["finished_at"] and v["finished_at"] < received:
        row.rules.add("finished_before_received")
    if received and v["due_at"] and v["due_at"] < received:
        row.rules.add("due_before_received")
