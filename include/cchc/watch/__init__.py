"""Alerts, once each: what is wrong now, what of it is new to whom, and the message that says so.

A *finding* is one matter as it stands (late deliveries of a system, a failed build, a full disk); an *addressee* is a
row of contacts.csv. Nothing here knows when it is called: ``cchc watch`` and the DAG ``watch`` look.
"""

from cchc.watch.channels import Channels, Unsent
from cchc.watch.facts import Facts, gather
from cchc.watch.findings import Finding, concerning
from cchc.watch.look import Look, look

__all__ = ["Channels", "Facts", "Finding", "Look", "Unsent", "concerning", "gather", "look"]
