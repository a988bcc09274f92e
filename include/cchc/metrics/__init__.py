"""Figures for monitoring, without Airflow: OpenMetrics for a collector, and a page for people.

In: ledger, registry, the state of the warehouse. Out: gauges by dataset and stage, never a unit, a file or a person;
and the same in words. Nothing here decides whether somebody is told: that is the alerts'.
"""

from __future__ import annotations

from cchc.metrics.gauges import openmetrics
from cchc.metrics.health import health_page
from cchc.metrics.measure import Measured, measure

__all__ = ["Measured", "health_page", "measure", "openmetrics"]
