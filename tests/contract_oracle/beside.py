"""The datasets beside the dossiers: from a raw row to canonical values and the rules it breaks."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from contract_oracle.reference import Reference
from contract_oracle.rows import BadDate, Read, amount, compact, iso


def payment(raw: dict[str, Any], day: date, reference: Reference) -> Read:
    """A payment transaction."""
    out = Read({"transaction_code": raw["MaGiaoDich"].strip(), "dossier_code": raw.get("MaHoSo", "").strip().upper()})
    v, bad = out.values, out.rules
    if not v["transaction_code"]:
        bad.add("no_key")
    code = raw.get("MaTTHC", "").strip()
    match = re.match(r"\d\.\d{6}(?=\.|$)", code)
    if code and (match[0] if match else code) not in reference.procedures:
        bad.add("unknown_procedure")
    v["unit"] = raw["MaDonVi"].strip()
    if v["unit"] not in reference.agencies(day):
        bad.add("unknown_unit")
    v["outcome"] = {"1": "succeeded", "0": "failed", "2": "refunded"}.get(raw["TrangThai"].strip(), "")
    if not v["outcome"]:
        bad.add("unknown_status")
    if amount(raw["SoTien"]) < 0:
        bad.add("negative_amount")
    try:
        v["paid_at"] = compact(raw["ThoiGian"])
    except BadDate:
        v["paid_at"] = None
    if v["paid_at"] is None:
        bad.add("bad_date")
    return out


def vneid(raw: dict[str, Any], day: date, reference: Reference) -> Read:
    """Cumulative counts of one commune."""
    out = Read({"commune_code": raw["MaXa"].strip()})
    v, bad = out.values, out.rules
    v["unit"] = reference.communes(day).get(v["commune_code"])
    if not v["commune_code"]:
        bad.add("no_key")
    elif v["unit"] is None:
        bad.add("unknown_unit")
    try:
        v["as_of_date"] = datetime.strptime(raw["Ngay"].strip(), "%Y-%m-%d").date()
    except ValueError:
        v["as_of_date"] = None
        bad.add("bad_date")
    names = {"holders": "SoCCCDGanChip", "level1": "KichHoatMuc1", "level2": "KichHoatMuc2"}
    for name, column in names.items():
        v[name] = amount(raw[column])
        if v[name] < 0:
            bad.add("negative_amount")
    return out


def feedback(raw: dict[str, Any], day: date, reference: Reference) -> Read:
    """A petition or a rating."""
    out = Read({"feedback_code": str(raw.get("MaPAKN") or "").strip(), "kind": raw.get("Loai")})
    v, bad = out.values, out.rules
    if not v["feedback_code"]:
        bad.add("no_key")
    v["dossier_code"] = str(raw.get("MaHoSo") or "").strip().upper()
    v["unit"] = str(raw.get("MaDonVi") or "").strip()
    if v["unit"] not in reference.agencies(day):
        bad.add("unknown_unit")
    for name, key in (("received_at", "NgayTiepNhan"), ("due_at", "HanXuLy"), ("answered_at", "NgayTraLoi")):
        try:
            v[name] = iso(raw.get(key))
        except BadDate:
            v[name] = None
            bad.add("bad_date")
    v["satisfied"] = raw.get("HaiLong")
    return out


def apology(raw: dict[str, Any], dialect: str, day: date, reference: Reference) -> Read:
    """An apology letter; ``sent`` is None where the file says neither yes nor no."""
    told = {name: str(raw.get(name) or "").strip() for name in ("MaDonVi", "MaHoSo", "LanThu")}
    out = Read({"unit": told["MaDonVi"], "dossier_code": told["MaHoSo"].upper(), "number": told["LanThu"]})
    v, bad = out.values, out.rules
    if not v["dossier_code"]:
        bad.add("no_key")
    if v["unit"] not in reference.agencies(day):
        bad.add("unknown_unit")
    if not re.fullmatch("[1-9]", v["number"]):
        bad.add("bad_amount")
    for name, key in (("signed_at", "NgayKy"), ("new_due_at", "NgayHenMoi")):
        try:
            v[name] = (compact if dialect == "csv" else iso)(raw.get(key))
        except BadDate:
            v[name] = None
            bad.add("bad_date")
    if v["signed_at"] is None:
        bad.add("bad_date")
    elif v["new_due_at"] and v["new_due_at"] < v["signed_at"]:
        bad.add("due_before_received")
    sent = raw.get("DaGui")
    if dialect == "csv":
        sent = {"1": True, "0": False}.get((sent or "").strip())
    v["sent"] = sent if isinstance(sent, bool) else None
    if v["sent"] is None:
        bad.add("unknown_value")
    return out
