"""The shapes of the registry's rows and files (pydantic): one class for one row of a CSV file or one YAML file."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from cchc.contracts import Level
from cchc.datasets import DATASETS
from cchc.registry.correctable import CORRECTABLE, as_stored
from cchc.registry.text import kind_of, normalise_heading

__all__ = [
    "Adjustment",
    "AnomalyLimits",
    "Band",
    "Code",
    "Completeness",
    "Condition",
    "Correction",
    "Criterion",
    "DatasetSpec",
    "EndingRule",
    "Group",
    "Heading",
    "Indicator",
    "IntegritySignal",
    "Label",
    "Merger",
    "Method",
    "Override",
    "Period",
    "PortalAnswer",
    "Procedure",
    "PublishedFigure",
    "RuleInForce",
    "Selector",
    "System",
    "Target",
    "TimelinessRule",
    "Unit",
    "normalise_heading",
]


def _known_dataset(value: str) -> str:
    if value not in DATASETS:
        raise ValueError(f"no dataset {value}; known: {', '.join(DATASETS)}")
    return value


DatasetName = Annotated[str, AfterValidator(_known_dataset)]
Operator = Literal["=", ">", ">=", "<", "<=", "~"]
Day = date
OptionalDay = date | None

_CODE = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
_PROCEDURE = re.compile(r"\d\.\d{6}")


def _words(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


class _Row(BaseModel):
    """A row of a CSV file: an empty cell is None, a column the registry does not know is a typing error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: cell for key, cell in value.items() if cell not in ("", None)}


class _Node(BaseModel):
    """A node of a YAML file: a key the registry does not know is a typing error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class _Dated(_Row):
    """A row with a validity; both ends inclusive, an open end is None."""

    valid_from: Day
    valid_to: OptionalDay = None

    def valid_on(self, day: date) -> bool:
        """Whether the row is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @model_validator(mode="after")
    def _in_order(self) -> _Dated:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self


class Unit(_Dated):
    """One version of an agency: code, name and place in the tree while they were in force."""

    agency_code: str
    admin_code: str | None = None
    kind: str | None = None
    name: str
    level: Level
    parent: str | None = None
    is_invented_code: bool = False
    source: str | None = None

    @field_validator("agency_code")
    @classmethod
    def _code(cls, value: str) -> str:
        if not _CODE.fullmatch(value):
            raise ValueError("an agency code is letters and digits in parts joined by dots")
        return value

    @model_validator(mode="before")
    @classmethod
    def _kind_from_name(cls, value: Any) -> Any:
        if isinstance(value, dict) and not value.get("kind") and value.get("name"):
            return {**value, "kind": kind_of(str(value["name"]))}
        return value


class Procedure(_Dated):
    """One version of a procedure of the national catalogue."""

    procedure_code: str
    name: str
    field: str | None = None
    level: str | None = None
    fee_vnd: int | None = Field(default=None, ge=0)
    max_days: int | None = Field(default=None, ge=0)
    day_kind: Literal["working", "calendar"] | None = None
    online_level: Literal["full", "partial", "none", "unverified"] = "unverified"
    paper_result: bool | None = None
    source: str | None = None

    @field_validator("procedure_code")
    @classmethod
    def _stem(cls, value: str) -> str:
        if not _PROCEDURE.fullmatch(value):
            raise ValueError("a procedure code is one digit, a dot and six digits (n.nnnnnn)")
        return value


class Heading(_Row):
    """One heading of a heading map and the canonical column (or ``personal:<name>``) under it."""

    headings: str
    heading: str
    canonical: str


class Label(_Row):
    """One label of the Vietnamese dialects and what it stands for."""

    field: str
    label: str
    canonical: str


class Code(_Row):
    """One code of a dialect and what it stands for."""

    dialect: str
    field: str
    code: str
    canonical: str


class Merger(_Row):
    """One old unit and a new unit that its territory, or a part of it, went to.

    An old unit with several rows of one day is split. ``weight`` is the share that went along this row, with the
    ``weight_source`` that gives it (population, households ...); without it nothing is re-allocated. ``unlisted`` says
    which of the two units.csv does not hold.
    """

    old_admin_code: str
    old_name: str
    old_level: Level
    new_admin_code: str
    new_name: str
    effective_from: Day
    source: str | None = None
    weight: Decimal | None = Field(default=None, gt=0, le=1, decimal_places=6)
    weight_source: str | None = None
    unlisted: Literal["old", "new", "both"] | None = None


class Condition(_Node):
    """What a band asks beside its bound: a criterion's ratio, in per cent, of at least so much."""

    criterion: str
    least_percent: Decimal = Field(ge=0, le=100)


def _conditions(value: object) -> object:
    """``CRITERION>=PERCENT``, parted by spaces."""
    if not isinstance(value, str):
        return value
    found = []
    for word in value.split():
        criterion, sign, percent = word.partition(">=")
        if not (criterion and sign and percent):
            raise ValueError(f"a condition reads CRITERION>=PERCENT, not {word}")
        found.append({"criterion": criterion, "least_percent": percent})
    return tuple(found)


class Band(_Dated):
    """A named band (mức xếp loại) of total scores, of 100.

    ``lower_bound`` is inclusive, as is ``upper_bound``, which a rule may state; a unit that misses a condition falls to
    the next lower band whose conditions it meets.
    """

    method: str
    band: str
    name_vi: str
    name_en: str
    lower_bound: Decimal = Field(ge=0, le=100, decimal_places=2)
    upper_bound: Decimal | None = Field(default=None, ge=0, le=100, decimal_places=2)
    conditions: Annotated[tuple[Condition, ...], BeforeValidator(_conditions)] = ()
    source: str | None = None


class Adjustment(_Row):
    """Points that a province takes off a unit's score in a period, or gives it: a layer beside the computed score.

    ``criterion`` says what it is about, where it is about one; ``approved_by`` who decided it.
    """

    adjustment: str
    unit_code: str
    method: str
    period_start: Day
    period_end: Day
    criterion: str | None = None
    points: Decimal = Field(decimal_places=2)
    reason: str
    evidence: str | None = None
    approved_by: str
    decided_on: Day


class TimelinessRule(_Row):
    """How a rule set decides whether a dossier is on time; every parameter is explained in docs/architecture.md."""

    rule_set: str
    name_vi: str
    name_en: str
    compare: Literal["moment", "day"]
    minus_supplement: bool
    several_supplements: Literal["overdue", "ignored"]
    without_due: Literal["on_time", "by_catalogue", "unknown"]
    withdrawn: Literal["judged", "on_time", "out"]
    waiting: Literal["judged", "in_time", "processed"]
    source: str | None = None


class EndingRule(_Row):
    """A timestamp that ends a dossier of a status; of several the first that is there, by position."""

    rule_set: str
    status: int = Field(ge=1, le=10)
    position: int = Field(ge=1, le=4)
    end_basis: Literal["finished", "returned", "refused", "supplement_requested"]
    expects_date: bool = False


class RuleInForce(_Dated):
    """The days of receipt whose dossiers a rule set judges."""

    rule_set: str
    source: str | None = None


class IntegritySignal(_Dated):
    """A pattern in the exports that the office should look at, and from where on; never a verdict on anybody.

    What each limit means for which signal stands in docs/integrity.md; ``note`` says what else may explain a case.
    """

    signal: Literal[
        "end_backdated",
        "due_moved_late",
        "vanished_overdue",
        "finished_and_reopened",
        "cancelled_and_refiled",
        "ends_piled_on_due_day",
        "full_marks_on_zero_cases",
    ]
    name_vi: str
    name_en: str
    limit_days: int | None = Field(default=None, ge=0)
    limit_minutes: int | None = Field(default=None, ge=1)
    limit_cases: int | None = Field(default=None, ge=0)
    limit_percent: Decimal | None = Field(default=None, ge=0, le=100)
    note_vi: str
    note_en: str
    source: str | None = None


class Indicator(_Row):
    """What an indicator counts.

    ``additivity``: ``flow`` counts what happened in a period, so units and days may be summed; ``stock`` counts what
    stands at its end, so units may be summed and days may not; ``none``: the sum over units is no figure of theirs
    (different procedures, the greater of two numbers).
    """

    indicator: str
    name_vi: str
    name_en: str
    dataset: DatasetName
    numerator_rule: str
    denominator_rule: str
    numerator_rule_en: str | None = None
    denominator_rule_en: str | None = None
    unit_of_measure: str = "percent"
    source: str | None = None
    additivity: Literal["flow", "stock", "none"] = "none"


class Target(_Row):
    """A target of one indicator, for one unit, one level or all, in a period."""

    indicator: str
    unit_code: str | None = None
    level: Level | None = None
    period_from: Day
    period_to: OptionalDay = None
    operator: Operator = ">="
    target_percent: Decimal
    source: str
    verified: bool = False
    note: str | None = None


class Period(_Row):
    """A reporting period beyond months, quarters and years: a week, a quarter from 15 December to 14 March, ...

    Ranks are compared with the period of the same ``series`` that ends the day before.
    """

    kind: Literal["custom"] = "custom"
    period_start: Day
    period_end: Day
    label_vi: str
    label_en: str
    series: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.period_end < self.period_start:
            raise ValueError("period_end lies before period_start")
        return self


class PublishedFigure(_Row):
    """A figure as published, and what the check found. A suggestion never replaces the published value."""

    figure_id: str
    source_document: str
    unit_code: str
    scope: Literal["own", "below", "subtree"]
    period_start: Day
    period_end: Day
    measure: str
    published_value: Decimal
    published_text: str
    operator: Operator = "="
    decimals: int = 0
    unit_of_measure: Literal["count", "percent"]
    flag: str | None = None
    suggested_value: Decimal | None = None
    note: str | None = None


class Override(_Row):
    """A day that the calendar package does not know, and the day from which the decision was known."""

    day: Day
    is_working_day: bool
    holiday_vi: str | None = None
    holiday_en: str | None = None
    known_from: OptionalDay = None
    verified: bool = False
    source: str | None = None


class Correction(_Row):
    """A known error of a source: a delivered value that is wrong, and what it should be.

    Applied in dbt's staging only where the delivered value still is ``expected_old``: ``raw`` stays as delivered, and
    once the source sends another value, its own counts again. ``status`` says how far the source is with mending;
    whether the correction is applied depends on the delivered value alone. ``objection``: ``<unit>:<number>``.
    ``valid_from`` and ``valid_to`` bound the export dates whose rows it corrects, both inclusive, open where empty.
    """

    number: int = Field(ge=1)
    dataset: Literal["dossiers"]
    system: str
    key: str
    column: str
    expected_old: str | None = None
    new_value: str | None = None
    reason: str
    status: Literal["open", "reported", "acknowledged", "fixed_upstream"]
    objection: str | None = None
    decided_by: str
    decided_on: Day
    valid_from: OptionalDay = None
    valid_to: OptionalDay = None

    @field_validator("column")
    @classmethod
    def _may_be_corrected(cls, value: str, info: ValidationInfo) -> str:
        known = CORRECTABLE.get(info.data.get("dataset", ""), ())
        if value not in known:
            raise ValueError(f"no column that may be corrected; there are {', '.join(known)}")
        return value

    @field_validator("key")
    @classmethod
    def _capitals(cls, value: str) -> str:
        return value.upper()

    @field_validator("expected_old", "new_value")
    @classmethod
    def _stored(cls, value: str | None, info: ValidationInfo) -> str | None:
        if "column" not in info.data:
            return value  # told already
        return as_stored(info.data["dataset"], info.data["column"], value)

    @model_validator(mode="after")
    def _is_a_change(self) -> Correction:
        if self.expected_old == self.new_value:
            raise ValueError("expected_old and new_value are the same")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self


class PortalAnswer(_Row):
    """Which keys of a tree answer of the national portal make a criterion; without a criterion: the answer's group."""

    answer: str
    group_name: str
    criterion: str | None = None
    numerator_keys: Words = ()
    denominator_keys: Words = ()


class Selector(_Node):
    """Units by level below one unit, resolved for each day."""

    level: Level
    under: str


#: Encodings that a system may declare for its text. Old Vietnamese ones beside windows-1258 (TCVN3, VNI) are fonts over
#: another alphabet, so no reader can tell their text from Latin letters.
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1258")


class DatasetSpec(_Node):
    """One dataset a system delivers: in which form, for which units, until when each day (local time).

    ``optional``: canonical column -> the day from which the system's files may lack it. ``code_patterns``: canonical
    column -> a regular expression that its codes match whole, in capitals. ``not_tolerated``: warnings that refuse a
    file of this system.
    """

    dataset: DatasetName
    dialect: str
    ext: str = Field(pattern=r"^[a-z0-9]+(\.gz)?$")
    delimiter: Literal[",", ";", "tab"] | None = None
    encoding: str | None = None
    headings: str | None = None
    optional: dict[str, Day] = Field(default_factory=dict)
    code_patterns: dict[str, str] = Field(default_factory=dict)
    not_tolerated: tuple[str, ...] = ()
    units: tuple[str, ...] | Selector
    due_days: int = Field(default=1, ge=0)
    due_time: str = Field(default="01:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    expected: Literal["daily", "none"] = "daily"

    def may_lack(self, column: str, day: date) -> bool:
        """Whether a file of that day may have no such column."""
        return column in self.optional and self.optional[column] <= day

    @field_validator("due_time", mode="before")
    @classmethod
    def _clock(cls, value: object) -> object:
        """YAML 1.1 reads a bare 13:30 as the number 810."""
        return f"{value // 60:02d}:{value % 60:02d}" if isinstance(value, int) else value

    @field_validator("delimiter", mode="before")
    @classmethod
    def _tab(cls, value: object) -> object:
        return "tab" if value == "\t" else value


class System(_Node):
    """A reporting system and what it delivers."""

    code: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name_vi: str
    name_en: str
    valid_from: Day
    valid_to: OptionalDay = None
    root: str | None = None  # where its exports lie, when not under the common root
    datasets: tuple[DatasetSpec, ...] = Field(min_length=1)

    def valid_on(self, day: date) -> bool:
        """Whether the system is in use on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def spec(self, dataset: str) -> DatasetSpec | None:
        """How the system delivers one dataset, or None."""
        return next((spec for spec in self.datasets if spec.dataset == dataset), None)


class Criterion(_Node):
    """One scored criterion: points = min(max, max * ratio / full_at), the ratio in per cent."""

    criterion: str
    max_score: Decimal = Field(gt=0)
    full_at_percent: Decimal = Field(default=Decimal(100), gt=0, le=100)
    zero_denominator: Literal["zero", "maximum"] = "zero"
    name_vi: str
    name_en: str
    source: str | None = None


class Group(_Node):
    """A group of criteria and its maximum."""

    group: str
    name_vi: str
    name_en: str
    max_score: Decimal
    criteria: tuple[Criterion, ...] = Field(min_length=1)


class Completeness(_Node):
    """Below one of these a unit is not ranked: what it delivered says too little.

    ``deliveries_percent``: readable deliveries of dossiers, of those due in the period. ``coverage_percent``: dossiers
    in the exports, of those that the portal counts for it in the period.
    """

    deliveries_percent: Decimal = Field(default=Decimal(0), ge=0, le=100)
    coverage_percent: Decimal = Field(default=Decimal(0), ge=0, le=100)


class AnomalyLimits(_Node):
    """What an approver is shown before approving: a total that moved by ``total_points``, a volume that grew or shrank
    by the factor ``volume_ratio``, more than ``quarantine_percent`` of a unit's rows held, a total within
    ``band_points`` of a band's edge.
    """

    total_points: Decimal = Field(default=Decimal(5), gt=0)
    volume_ratio: Decimal = Field(default=Decimal(2), gt=1)
    quarantine_percent: Decimal = Field(default=Decimal(5), ge=0, le=100)
    band_points: Decimal = Field(default=Decimal("0.5"), ge=0)


class Method(_Node):
    """A dated rule set: which criteria score how many points, and how scores become a ranking.

    ``tie_rule``: ``shared`` ranks 1, 1, 3; ``dense`` 1, 1, 2. ``rounding``: half-up to two decimals, each score by
    itself. ``late_days`` after a period's end deliveries still count, ``objection_days`` after that units may object.
    With fewer dossiers than ``least_volume`` a unit is ranked and marked. ``volume_classes``: lower bounds of the
    classes of units by dossiers, beside the one from 0; ``nearest_peers``: how many units make a unit's neighbours.
    ``least_published``: the smallest count, zero aside, that a copy for the public shows.
    """

    method: str
    name_vi: str
    name_en: str
    source: str
    valid_from: Day
    valid_to: OptionalDay = None
    is_default: bool = False
    max_score: Decimal = Decimal(100)
    late_days: int = Field(default=3, ge=0)
    objection_days: int = Field(default=5, ge=0)
    tie_rule: Literal["shared", "dense"] = "shared"
    rounding: Literal["half_up_2"] = "half_up_2"
    least_volume: int = Field(default=0, ge=0)
    least_published: int = Field(default=5, ge=1)
    completeness: Completeness = Completeness()
    anomalies: AnomalyLimits = AnomalyLimits()
    volume_classes: tuple[int, ...] = ()
    nearest_peers: int = Field(default=10, ge=1)
    groups: tuple[Group, ...] = Field(min_length=1)

    def criteria(self) -> list[tuple[Group, Criterion]]:
        """The criteria with their groups, in order."""
        return [(group, criterion) for group in self.groups for criterion in group.criteria]
