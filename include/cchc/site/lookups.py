"""What pages need beside the tables of their state, read once for the whole site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from cchc.publish import Period, Reader
from cchc.publish.standing import actions

Row = dict[str, Any]
#: From best to worst: a total is as comparable as its least comparable part.
GRADES = ("same", "renamed", "whole", "weighted", "not_comparable")
PORTAL = "portal_difference_v1"


@dataclass
class Lookups:
    """Lookups over ``pub.*``; each is read when it is first asked for."""

    reader: Reader
    _of_period: dict[tuple[str, str], Any] = field(default_factory=dict)

    @cached_property
    def served(self) -> set[str]:
        """Names of the relations that the warehouse serves."""
        return self.reader.served()

    @cached_property
    def indicators(self) -> list[Row]:
        """The indicators with names, rules and legal source."""
        return self.reader.rows("select * from pub.indicator_v1 order by indicator")

    @cached_property
    def bands(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Method and band -> its names."""
        rows = self.reader.rows("select method, band, band_vi, band_en from pub.method_band_v1")
        return {(row["method"], row["band"]): (row["band_vi"], row["band_en"]) for row in rows}

    @cached_property
    def province_names(self) -> dict[str, str]:
        """Province -> its name, the newest."""
        rows = self.reader.rows(
            "select distinct unit_code, unit_name, period_end from pub.ranking_v1 "
            "where unit_code = province_code order by period_end"
        )
        return {row["unit_code"]: row["unit_name"] for row in rows}

    @cached_property
    def history(self) -> dict[str, list[Row]]:
        """By unit its periods by each one's default method, newest first."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.reader.rows(
            "select unit_code, period_id, period_vi, period_en, period_start, period_end, method, total, rank, "
            "ranked_units from pub.ranking_v1 where is_default_method order by period_end desc, period_start desc"
        ):
            found[row["unit_code"]].append(row)
        return found

    @cached_property
    def restated(self) -> dict[str, list[Row]]:
        """By unit of today its restated series, one row a period and indicator; scores and grades, no counts."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.reader.rows(
            "select unit_code, period_id, period_vi, period_en, period_start, period_end, indicator, grade, "
            "grade_reason, restated_score, max_score from pub.restated_indicator_v1 "
            "order by period_end desc, period_start desc, indicator"
        ):
            found[row["unit_code"]].append(row)
        return found

    def restated_totals(self, unit: str) -> dict[str, Row]:
        """By period the sum of the restated scores and the least comparable grade among them."""
        found: dict[str, Row] = {}
        for row in self.restated.get(unit, ()):
            mine = found.setdefault(row["period_id"], {**row, "total": None, "grade": row["grade"]})
            if row["restated_score"] is not None:
                mine["total"] = (mine["total"] or Decimal(0)) + row["restated_score"]
            mine["grade"] = max(mine["grade"], row["grade"], key=GRADES.index)
        return found

    def targets(self, period: Period) -> Mapping[tuple[str, str], Row]:
        """By unit and indicator the target of the period."""

        def read() -> dict[tuple[str, str], Row]:
            rows = self.reader.rows(
                "select unit_code, indicator, target_operator, target_percent from pub.unit_indicator_v1 "
                "where period_id = ? and is_default_method and target_percent is not null",
                [period.id],
            )
            return {(row["unit_code"], row["indicator"]): row for row in rows}

        found: Mapping[tuple[str, str], Row] = self._once("targets", period, read)
        return found

    def actions(self, period: Period) -> Mapping[str, list[Row]]:
        """By unit the first actions of its list."""

        def read() -> dict[str, list[Row]]:
            codes = [row["unit_code"] for row in self.reader.rows("select distinct unit_code from pub.action_v1")]
            found = actions(self.reader, period, {code: n for n, code in enumerate(codes)})
            names = ("action", "dossier", "deadline", "criterion", "points")
            return {
                codes[n]: [dict(zip(names, row, strict=True)) for row in listed] for n, (_, listed) in found.items()
            }

        result: Mapping[str, list[Row]] = self._once("actions", period, read)
        return result

    def deliveries(self, period: Period, province: str) -> list[Row]:
        """By unit, system and dataset how many files were due, on time, late, missing, refused."""
        counts = ", ".join(
            f"sum(case when status = '{name}' then 1 else 0 end) as {name}"
            for name in ("on_time", "late", "missing", "refused")
        )
        return self.reader.rows(
            f"select unit_code, max(unit_name) as unit_name, system, dataset, count(*) as due, {counts} "
            "from pub.delivery_board_v1 where export_date between ? and ? and (unit_code = ? or unit_code like ?) "
            "group by unit_code, system, dataset order by unit_code, system, dataset",
            [period.start, min(period.end, period.as_of or period.end), province, f"{province}.%"],
        )

    def portal(self, period: Period, province: str, method: str) -> list[Row]:
        """Our figures beside the portal's, with the class of each difference; differing ones first.

        Nothing where the warehouse has not been built since there is such a relation.
        """
        if PORTAL not in self.served:
            return []
        return self.reader.rows(
            f"select * from pub.{PORTAL} where period_id = ? and province_code = ? and method = ? "
            "order by case when difference = 'equal' then 1 else 0 end, unit_code, criterion",
            [period.id, province, method],
        )

    def _once(self, name: str, period: Period, read: Any) -> Any:
        key = (name, period.id)
        if key not in self._of_period:
            self._of_period[key] = read()
        return self._of_period[key]
