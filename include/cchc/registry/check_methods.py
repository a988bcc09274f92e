"""Rules of rule sets: maxima of groups and whole, criteria that exist, bands, targets, answers of the portal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from cchc.registry.check_adjustments import check_adjustments
from cchc.registry.check_versions import versions
from cchc.registry.files import Placed
from cchc.registry.model import Band, Method
from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem


def check_methods(parsed: Parsed) -> Iterator[Problem]:
    """Problems of methods/*.yaml, bands.csv, indicators.csv, targets.csv and portal_answers.csv."""
    indicators: dict[str, int] = {}
    for placed in parsed.indicators:
        code = placed.item.indicator
        if code in indicators:
            message, message_vi = f"{code} stands on line {indicators[code]}", f"{code} đã có ở dòng {indicators[code]}"
            yield Problem(placed.file, placed.line, "duplicate_indicator", message, message_vi)
        indicators.setdefault(code, placed.line)
    methods: dict[str, Placed[Method]] = {}
    for method in parsed.methods:
        code, line = method.item.method, method.line_of("method")
        if code in methods:
            message, message_vi = f"{code} is in {methods[code].file} too", f"{code} cũng có trong {methods[code].file}"
            yield Problem(method.file, line, "duplicate_method", message, message_vi)
        methods.setdefault(code, method)
        yield from _points(method, set(indicators))
    yield from _default(parsed)
    criteria = {
        code: frozenset(criterion.criterion for _, criterion in placed.item.criteria())
        for code, placed in methods.items()
    }
    yield from _bands(parsed, criteria)
    yield from check_adjustments(parsed, criteria)
    known_groups = {group.group for method in parsed.methods for group in method.item.groups}
    for target in parsed.targets:
        if target.item.indicator not in indicators:
            yield _unknown_indicator(target.file, target.line, target.item.indicator)
        if target.item.period_to is not None and target.item.period_to < target.item.period_from:
            message, message_vi = "period_to lies before period_from", "period_to trước period_from"
            yield Problem(target.file, target.line, "schema", message, message_vi)
    for answer in parsed.portal_answers:
        if answer.item.criterion is not None and answer.item.criterion not in indicators:
            yield _unknown_indicator(answer.file, answer.line, answer.item.criterion)
        if answer.item.group_name not in known_groups:
            message, message_vi = f"no group {answer.item.group_name}", f"không có nhóm {answer.item.group_name}"
            yield Problem(answer.file, answer.line, "unknown_group", message, message_vi)


def _unknown_indicator(file: str, line: int, code: str) -> Problem:
    message, message_vi = f"no indicator {code} in indicators.csv", f"indicators.csv không có chỉ số {code}"
    return Problem(file, line, "unknown_indicator", message, message_vi)


def _sum(
    placed: Placed[Method], at: tuple[str | int, ...], name: str, found: Decimal, stated: Decimal
) -> Iterator[Problem]:
    if found != stated:
        message = f"the parts of {name} make {found}, stated is {stated}"
        message_vi = f"các phần của {name} cộng lại được {found}, ghi là {stated}"
        yield Problem(placed.file, placed.line_of(*at), "wrong_total", message, message_vi)


def _points(placed: Placed[Method], indicators: set[str]) -> Iterator[Problem]:
    method = placed.item
    seen: set[str] = set()
    for g, group in enumerate(method.groups):
        yield from _sum(
            placed,
            ("groups", g, "max_score"),
            group.group,
            sum((criterion.max_score for criterion in group.criteria), Decimal(0)),
            group.max_score,
        )
        for c, criterion in enumerate(group.criteria):
            line = placed.line_of("groups", g, "criteria", c, "criterion")
            if criterion.criterion in seen:
                message, message_vi = f"{criterion.criterion} stands twice", f"{criterion.criterion} bị lặp"
                yield Problem(placed.file, line, "duplicate_criterion", message, message_vi)
            seen.add(criterion.criterion)
            if criterion.criterion not in indicators:
                yield _unknown_indicator(placed.file, line, criterion.criterion)
    if list(method.volume_classes) != sorted({bound for bound in method.volume_classes if bound > 0}):
        message, message_vi = "volume_classes must rise from above 0", "volume_classes phải tăng dần, lớn hơn 0"
        yield Problem(placed.file, placed.line_of("volume_classes"), "volume_classes", message, message_vi)
    total = sum((group.max_score for group in method.groups), Decimal(0))
    yield from _sum(placed, ("max_score",), method.method, total, method.max_score)


def _default(parsed: Parsed) -> Iterator[Problem]:
    defaults = [method for method in parsed.methods if method.item.is_default]
    if parsed.methods and len(defaults) != 1:
        placed = defaults[-1] if defaults else parsed.methods[0]
        message = f"{len(defaults)} default methods, not one"
        message_vi = f"có {len(defaults)} bộ mặc định, phải là một"
        yield Problem(placed.file, placed.line_of("is_default"), "default_method", message, message_vi)


def _bands(parsed: Parsed, criteria: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    yield from versions(parsed.bands, lambda band: f"{band.method}/{band.band}", "band", "mức xếp loại", gaps=False)
    by_method: dict[str, list[Placed[Band]]] = defaultdict(list)
    for placed in parsed.bands:
        by_method[placed.item.method].append(placed)
        if placed.item.method not in criteria:
            message, message_vi = f"no method {placed.item.method}", f"không có bộ chỉ số {placed.item.method}"
            yield Problem(placed.file, placed.line, "unknown_method", message, message_vi)
    for bands in by_method.values():
        for number, band in enumerate(bands):
            for other in bands[:number]:
                same_days = (band.item.valid_to is None or other.item.valid_from <= band.item.valid_to) and (
                    other.item.valid_to is None or band.item.valid_from <= other.item.valid_to
                )
                if same_days and band.item.lower_bound == other.item.lower_bound and band.item.band != other.item.band:
                    message = f"{band.item.band} and {other.item.band} share the lower bound {band.item.lower_bound}"
                    message_vi = f"{band.item.band} và {other.item.band} có cùng cận dưới {band.item.lower_bound}"
                    yield Problem(band.file, band.line, "overlapping_bands", message, message_vi)
        yield from _scale(bands)
        for band in bands:
            known = criteria.get(band.item.method, frozenset())
            for condition in band.item.conditions:
                if condition.criterion not in known:
                    message = (
                        f"{band.item.band} asks for {condition.criterion}, which {band.item.method} does not score"
                    )
                    message_vi = f"{band.item.band} đòi {condition.criterion}, bộ {band.item.method} không chấm"
                    yield Problem(band.file, band.line, "unknown_criterion", message, message_vi)


def _scale(bands: list[Placed[Band]]) -> Iterator[Problem]:
    """The bands in force on a day cover 0 to 100 without a gap at two decimals, and the lowest takes everyone."""
    told: set[tuple[str, int]] = set()
    for day in sorted({band.item.valid_from for band in bands}):
        there = sorted((band for band in bands if band.item.valid_on(day)), key=lambda one: one.item.lower_bound)
        problems = [*_lowest(there[0]), *_uppers(there)]
        for problem in problems:
            if (problem.rule, problem.line) not in told:
                told.add((problem.rule, problem.line))
                yield problem


def _lowest(lowest: Placed[Band]) -> Iterator[Problem]:
    bound = lowest.item.lower_bound
    if bound > 0:
        yield Problem(lowest.file, lowest.line, "band_gap", f"no band below {bound}", f"không có mức dưới {bound}")
    if lowest.item.conditions:
        message, message_vi = "the lowest band must ask nothing else", "mức thấp nhất không được có điều kiện"
        yield Problem(lowest.file, lowest.line, "band_condition", message, message_vi)


def _uppers(bands: list[Placed[Band]]) -> Iterator[Problem]:
    """Where a rule states upper bounds, each lies a hundredth below the next band, the highest at 100."""
    for band, above in zip(bands, [*bands[1:], None], strict=True):
        upper = band.item.upper_bound
        expected = above.item.lower_bound - Decimal("0.01") if above else Decimal(100)
        if upper is not None and upper != expected:
            rule = "band_gap" if upper < expected else "overlapping_bands"
            message = f"{band.item.band} ends at {upper}, the next begins after {expected}"
            message_vi = f"{band.item.band} đến {upper}, mức sau bắt đầu sau {expected}"
            yield Problem(band.file, band.line, rule, message, message_vi)
