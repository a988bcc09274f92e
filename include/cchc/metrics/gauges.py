"""Figures -> OpenMetrics text. Gauges alone, so that a collector of Prometheus' older format reads them too."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.openmetrics.exposition import generate_latest

from cchc.contracts import TIMEZONE
from cchc.deliveries import STATUSES
from cchc.metrics.measure import DAYS, Measured

BUILDS = ("fresh", "stale", "full", "busy", "none", "unknown")
OUTCOMES = ("finished", "failed", "died", "running")


def openmetrics(found: Measured) -> str:
    """The text with its closing ``# EOF``. What is not known has no sample: absent is not zero."""
    registry = CollectorRegistry()

    def gauge(name: str, says: str, *labels: str) -> Gauge:
        return Gauge(f"cchc_{name}", says, labels, registry=registry)

    gauge("info", "Version of the program", "version").labels(found.version).set(1)
    gauge("measured_timestamp_seconds", "When these figures were taken").set(_seconds(found.at))
    gauge("free_bytes", "Free room on the disk of the working folder").set(found.free_bytes)
    gauge("files_waiting", "Landed files that nobody has judged yet").set(found.waiting)
    days = f"of the {DAYS} export dates up to the last delivered"
    deliveries = gauge("deliveries", f"Deliveries {days}, by status", "dataset", "status")
    for dataset in sorted({dataset for dataset, _ in found.deliveries}):
        for status in STATUSES:
            deliveries.labels(dataset, status).set(found.deliveries[dataset, status])
    rows = gauge("rows", f"Rows of accepted files {days}", "dataset", "kind")
    for (dataset, kind), count in sorted(found.rows.items()):
        rows.labels(dataset, kind).set(count)
    shares = gauge("quarantine_ratio", f"Share of rows held back {days}", "dataset")
    for dataset in sorted({dataset for dataset, _ in found.rows}):
        share = found.quarantine_share(dataset)
        if share is not None:
            shares.labels(dataset).set(share)
    stages = gauge("stage_seconds", f"Seconds that a stage took for files {days}", "stage")
    for stage, seconds in sorted(found.stage_seconds.items()):
        stages.labels(stage).set(seconds)
    if found.last_arrival:
        gauge("last_arrival_timestamp_seconds", "When the newest file arrived").set(_seconds(found.last_arrival))
    if found.last_day:
        day = datetime.combine(found.last_day, datetime.min.time())
        gauge("last_export_date_timestamp_seconds", "Start of the newest export date").set(_seconds(day))
    if found.last_run:
        gauge("last_run_timestamp_seconds", "When the last cchc run ended, or began").set(_seconds(found.last_run))
        outcome = gauge("last_run_outcome", "1 for how the last cchc run ended", "outcome")
        for name in OUTCOMES:
            outcome.labels(name).set(name == found.last_run_outcome)
    build = gauge("build_state", "1 for how the warehouse stands to what was loaded", "state")
    for name in BUILDS:
        build.labels(name).set(name == found.build)
    return generate_latest(registry).decode()


def _seconds(local: datetime) -> float:
    return local.replace(tzinfo=ZoneInfo(TIMEZONE)).timestamp()
