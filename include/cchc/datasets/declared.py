"""Figures that units declare themselves (số liệu tự khai), for criteria that no system exports.

Contract, section 6. One row a unit, criterion and period; a later declaration of the same three replaces the earlier
one, and both are kept. Who declares is an office: what stands there and is no agency code may be somebody's name, and
stays in landing, with a warning. So does the name of an evidence file, unless it is made of nothing but the signs of
documents and of units, and numbers; its SHA-256 says which file it was.
"""

from __future__ import annotations

from cchc.datasets.shape import AGENCY, AMOUNT, DAY, Column, Dataset

CRITERION = r"[A-Z][A-Z0-9_]{1,60}"
SHA256 = r"[0-9a-f]{64}"
#: Signs of kinds of documents (ký hiệu văn bản, NĐ 30/2020/NĐ-CP, Phụ lục III), of evidence (minh chứng), of offices.
_SIGNS = "BC|BB|BM|CV|KH|KL|MC|PL|QD|TB|TTr|TTR|UBND|VP"
_PART = rf"({_SIGNS}|[A-Z]\d\d(\.[A-Z0-9]{{1,6}}){{0,4}}|Q[1-4]|\d{{1,8}})"
EVIDENCE_NAME = rf"{_PART}([-_.]{_PART}){{0,11}}\.(pdf|png|jpg|jpeg|docx|xlsx|zip|p7s)"

DECLARED = Dataset(
    name="declared",
    recompute_by="unit",
    columns=(
        Column("unit", required=True, shown=AGENCY),
        Column("criterion", required=True, shown=CRITERION),  # of a method
        Column("period_start", DAY, required=True),
        Column("period_end", DAY, required=True),
        Column("numerator", AMOUNT, required=True),
        Column("denominator", AMOUNT, required=True),
        Column("declared_by", shown=AGENCY, decides=False),
        Column("declared_at", DAY, required=True, event=True),
        Column("evidence_name", shown=EVIDENCE_NAME, decides=False),
        Column("evidence_sha256", shown=SHA256, decides=False),
    ),
)
