"""Claims: published statements and draft reports in, what is right of them out.

A figure is judged against its own parts, and against ``pub.*`` where a unit and a period are named. Lists of claims are
CSV files (``lists``), reports text or Word documents (``report``); nothing here guesses, and nothing is sent anywhere.
"""

from __future__ import annotations

from cchc.claims.documents import Paragraph, paragraphs
from cchc.claims.lists import claims_of, judge_all, read_claims, shipped, shipped_rows, write_judged
from cchc.claims.model import Claim, Judged, Verdict
from cchc.claims.page import write_page
from cchc.claims.report import ANSWER_COLUMNS, Answer, Sentence, judge_report, row
from cchc.claims.texts import explanation
from cchc.claims.verdict import judge
from cchc.claims.warehouse import RELATIONS, compare_claims, compare_report

__all__ = [
    "ANSWER_COLUMNS",
    "RELATIONS",
    "Answer",
    "Claim",
    "Judged",
    "Paragraph",
    "Sentence",
    "Verdict",
    "claims_of",
    "compare_claims",
    "compare_report",
    "explanation",
    "judge",
    "judge_all",
    "judge_report",
    "paragraphs",
    "read_claims",
    "row",
    "shipped",
    "shipped_rows",
    "write_judged",
    "write_page",
]
