"""What offices declare by a template: the templates (``templates.csv``) and their criteria (``declarables.csv``).

A criterion of a template is one count of one total: documents signed of documents sent, tasks of an area in a state of
the tasks of that area, answers "satisfied" of all answers to a question. So a survey is declared as counts, never as
a per cent, and every figure of it is a declared figure like any other.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from cchc.datasets.declared import CRITERION
from cchc.registry.model import _Dated

__all__ = ["Declarable", "Template"]


class Template(_Dated):
    """A workbook that offices fill in.

    ``criteria_of``: its criteria stand in declarables.csv, or are those of the default method that only the national
    portal publishes.
    """

    template: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    criteria_of: Literal["declarables", "portal"]
    name_vi: str
    name_en: str
    note_vi: str
    note_en: str
    source: str


class Declarable(_Dated):
    """A criterion that may be declared beside those of the methods.

    ``part``: of which breakdown it is a piece (an area of the plan, a question of a survey); ``answer``: the state or
    answer counted. Criteria of one part that are ``exhaustive`` share its total and make it up.
    """

    criterion: str = Field(pattern=rf"^{CRITERION}$")
    template: str
    position: int = Field(ge=1)
    name_vi: str
    name_en: str
    part: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9_]*$")
    part_vi: str | None = None
    answer: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9_]*$")
    answer_vi: str | None = None
    numerator_vi: str
    denominator_vi: str
    exhaustive: bool = False
    source: str

    @model_validator(mode="after")
    def _pieces_have_names(self) -> Declarable:
        for code, name in (("part", "part_vi"), ("answer", "answer_vi")):
            if (getattr(self, code) is None) != (getattr(self, name) is None):
                raise ValueError(f"{code} and {name} stand together")
        if self.exhaustive and (self.part is None or self.answer is None):
            raise ValueError("an exhaustive criterion is an answer of a part")
        return self
