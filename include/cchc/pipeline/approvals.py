"""Approving a period's ranking in steps: what is due, the draft with what to look at, the recorded answer.

JSON in, JSON out, like ``tasks``: an orchestrator asks the person between the last two.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Any

from cchc.editions import KINDS, Anomaly, Edition, approve, editions_of, look_first, write_editions
from cchc.editions.folder import period_folder
from cchc.errors import PermanentError
from cchc.pipeline.orders import local_day, nothing_yet
from cchc.publish import list_periods, open_reader
from cchc.registry.open import Registry, open_registry
from cchc.settings import Settings

Json = dict[str, Any]
log = logging.getLogger(__name__)

#: How long after its objection window a period is still asked about by itself.
ASKED_DAYS = 31
SHOWN = 30


def due(given: Json, moment: datetime) -> list[str]:
    """Labels of the periods to approve: the one named, else those that wait."""
    if given.get("period"):
        return [given["period"]]
    if nothing_yet():
        log.info("nothing was delivered yet: nothing to approve")
        return []
    settings = Settings.from_env()
    return [*waiting(settings, open_registry(settings.registry_dir), local_day(moment))]


def waiting(settings: Settings, registry: Registry, today: date) -> dict[str, date]:
    """Label -> last day of its objection window, of the periods whose window has passed of late, by the data and by the
    calendar, and of which no edition is final."""
    with open_reader(settings) as reader:
        periods = list_periods(reader)
        rows = reader.rows(
            "select distinct period_id, province_code, method from pub.ranking_v1 "
            "where is_default_method and rank is not null and ranked_level <> 'province'"
        )
    data_to = max((each.as_of for each in periods if each.as_of), default=None)
    found: dict[str, date] = {}
    for period in sorted((each for each in periods if each.series), key=lambda each: (each.end, each.start)):
        for row in (row for row in rows if row["period_id"] == period.id):
            method = registry.methods[row["method"]]
            closes = period.end + timedelta(days=method.late_days + method.objection_days)
            is_over = closes < today <= closes + timedelta(days=ASKED_DAYS) and data_to is not None and closes < data_to
            home = period_folder(settings.editions, row["method"], row["province_code"], period.label)
            if is_over and not any(edition.approval for edition in editions_of(home)):
                found.setdefault(period.label, closes)
    return found


def draft(period: str) -> Json:
    """Write the editions of a period; what the person is shown, and the hashes that the answer will be about.

    Raises ``PermanentError`` where everything is approved already.
    """
    settings = Settings.from_env()
    registry = open_registry(settings.registry_dir)
    editions = write_editions(settings, registry, period, settings.editions)
    unusual = look_first(settings, registry, period, settings.editions)
    open_ones = [edition for edition in editions if edition.approval is None]
    if not open_ones:
        raise PermanentError(f"the ranking of {period} is final already")
    for edition in open_ones:
        log.info("%s: %s, to approve", edition.folder, edition.state)
    return {
        "period": period,
        "seen": [edition.manifest_sha256 for edition in open_ones],
        "subject": f"Duyệt xếp hạng kỳ {period} · Approve the ranking of {period}",
        "body": _body(open_ones, unusual),
    }


def record(drafted: Json, answer: Json | None) -> list[str]:
    """Approve what was shown, in the name that the person gave, else the one under which he is signed in.

    Raises ``PermanentError`` where the person said no, or what he saw was written anew since.
    """
    if answer is None:  # somebody marked the question as done, which answers nothing
        raise PermanentError(f"nobody answered about the ranking of {drafted['period']}: clear the question, answer it")
    if answer["chosen_options"] != ["Approve"]:
        raise PermanentError(f"the ranking of {drafted['period']} was not approved")
    given, user = answer.get("params_input") or {}, answer.get("responded_by_user") or {}
    by = str(given.get("name") or user.get("name") or "")
    settings = Settings.from_env()
    note = str(given.get("note") or "")
    found = approve(settings, settings.editions, drafted["period"], by, note=note, seen=drafted["seen"])
    for edition in found:
        log.info(
            "%s: approved by %s, signed in as %s, at %s",
            edition.folder,
            by,
            user.get("name"),
            answer.get("responded_at"),
        )
    return [str(edition.folder) for edition in found]


def _body(editions: list[Edition], unusual: list[Anomaly]) -> str:
    """Markdown: what is approved, by its hash, and what to look at first."""
    lines = [
        f"- **{each.manifest['province']}**, {each.manifest['method']}, r{each.number}: "
        f"{each.manifest['counts']['ranking']} units, data to {each.manifest['data_as_of']}, "
        f"state {each.state}; SHA-256 `{each.manifest_sha256}`"
        for each in editions
    ]
    lines += ["", f"**{len(unusual)} điều cần xem trước · to look at first**", ""]
    if unusual:
        lines += ["| | | | |", "|---|---|---|---|"]
    lines += [
        f"| {each.kind} ({KINDS[each.kind]}) | {each.unit_code} | {_plain(each.unit_name)} | {_plain(each.text)} |"
        for each in unusual[:SHOWN]
    ]
    if len(unusual) > SHOWN:
        lines += ["", f"… {len(unusual) - SHOWN} more: `cchc publish anomalies`"]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """A text that ends no cell of a table and starts no markup."""
    return "".join(f"\\{mark}" if mark in "|<>[]*_`" else mark for mark in text).replace("\n", " ")
