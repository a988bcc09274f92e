"""Rules of the dated timeliness rules: rule sets that exist, one order of ends a status, a rule for every day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from cchc.registry.check_versions import LAST, versions
from cchc.registry.files import Placed
from cchc.registry.model import EndingRule, RuleInForce
from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem

#: From here on a rule must be in force: no dossier was received before.
FIRST = date(1900, 1, 1)


def check_rules(parsed: Parsed) -> Iterator[Problem]:
    """Problems of timeliness_rules.csv, ending_rules.csv and rules_in_force.csv."""
    known: dict[str, int] = {}
    ended = {placed.item.rule_set for placed in parsed.ending_rules}
    for rule in parsed.timeliness_rules:
        code = rule.item.rule_set
        if code in known:
            message, message_vi = f"{code} stands on line {known[code]} already", f"{code} đã có ở dòng {known[code]}"
            yield Problem(rule.file, rule.line, "duplicate_rule_set", message, message_vi)
        elif code not in ended:
            message, message_vi = f"no status ends a dossier in {code}", f"{code} không có trạng thái kết thúc nào"
            yield Problem(rule.file, rule.line, "no_ending", message, message_vi)
        known.setdefault(code, rule.line)
    naming: list[Placed[EndingRule] | Placed[RuleInForce]] = [*parsed.ending_rules, *parsed.rules_in_force]
    for placed in naming:
        if placed.item.rule_set not in known:
            message = f"no rule set {placed.item.rule_set} in timeliness_rules.csv"
            message_vi = f"timeliness_rules.csv không có bộ quy tắc {placed.item.rule_set}"
            yield Problem(placed.file, placed.line, "unknown_rule_set", message, message_vi)
    yield from _endings(parsed)
    yield from _in_force(parsed)


def _endings(parsed: Parsed) -> Iterator[Problem]:
    by_status: dict[tuple[str, int], list[Placed[EndingRule]]] = defaultdict(list)
    for placed in parsed.ending_rules:
        by_status[placed.item.rule_set, placed.item.status].append(placed)
    for (code, status), found in by_status.items():
        found.sort(key=lambda one: (one.item.position, one.line))
        bases: set[str] = set()
        for position, placed in enumerate(found, start=1):
            item = placed.item
            if item.position != position:
                message = f"{code}, status {status}: position {item.position} where {position} is next"
                message_vi = f"{code}, trạng thái {status}: thứ tự {item.position}, lẽ ra là {position}"
                yield Problem(placed.file, placed.line, "ending_order", message, message_vi)
                break
            if item.end_basis in bases:
                message, message_vi = f"{item.end_basis} stands twice", f"{item.end_basis} bị lặp"
                yield Problem(placed.file, placed.line, "duplicate_ending", message, message_vi)
            bases.add(item.end_basis)
            if item.expects_date != found[0].item.expects_date:
                message = f"status {status} expects a date in one row and none in another"
                message_vi = f"trạng thái {status}: dòng này cần ngày, dòng kia không"
                yield Problem(placed.file, placed.line, "ending_expectation", message, message_vi)


def _in_force(parsed: Parsed) -> Iterator[Problem]:
    rules = sorted(parsed.rules_in_force, key=lambda one: one.item.valid_from)
    if not rules:
        if not any(problem.file == "rules_in_force.csv" for problem in parsed.problems):
            yield Problem("rules_in_force.csv", 1, "rule_gap", "no rule is in force", "không có quy tắc nào hiệu lực")
        return
    yield from versions(rules, lambda item: "timeliness", "rule", "quy tắc", gaps=False)
    first, last = rules[0], max(rules, key=lambda one: one.item.valid_to or LAST)
    if first.item.valid_from > FIRST:
        message, message_vi = f"no rule is in force from {FIRST}", f"không có quy tắc hiệu lực từ {FIRST}"
        yield Problem(first.file, first.line, "rule_gap", message, message_vi)
    for before, after in pairwise(rules):
        end, start = before.item.valid_to or LAST, after.item.valid_from
        if end < LAST and start > end + timedelta(days=1):
            message, message_vi = f"no rule between {end} and {start}", f"không có quy tắc giữa {end} và {start}"
            yield Problem(after.file, after.line, "rule_gap", message, message_vi)
    if last.item.valid_to is not None:
        message = f"no rule is in force after {last.item.valid_to}"
        message_vi = f"không có quy tắc hiệu lực sau {last.item.valid_to}"
        yield Problem(last.file, last.line, "rule_gap", message, message_vi)
