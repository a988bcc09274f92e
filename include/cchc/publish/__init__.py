"""Last stage, publish: relations ``pub.*`` of the warehouse in, static pages and flat files out.

Nothing here computes a figure: what a page or file says is what the views say.
"""

from __future__ import annotations

from cchc.publish.actions import ActionList, action_list
from cchc.publish.document import LEVELS
from cchc.publish.explain import Explanation, explain
from cchc.publish.exports import export_indicators, export_table
from cchc.publish.pages import publish_pages
from cchc.publish.periods import Period, list_periods, one_period, select_periods
from cchc.publish.rank import UnitRank, unit_rank
from cchc.publish.read import Reader, open_reader
from cchc.publish.restated import Restated, restated
from cchc.publish.state import Final, Stand
from cchc.publish.trail import Trail, trail

__all__ = [
    "LEVELS",
    "ActionList",
    "Explanation",
    "Final",
    "Period",
    "Reader",
    "Restated",
    "Stand",
    "Trail",
    "UnitRank",
    "action_list",
    "explain",
    "export_indicators",
    "export_table",
    "list_periods",
    "one_period",
    "open_reader",
    "publish_pages",
    "restated",
    "select_periods",
    "trail",
    "unit_rank",
]
