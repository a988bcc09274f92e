"""Processor time of a cluster and of this process: a figure that others on the same machine hardly move."""

from __future__ import annotations

import os
from contextlib import suppress

import psutil

from spark.cluster import Cluster


def processor_seconds(cluster: Cluster | None = None) -> float:
    """Seconds of user and system so far: of this process with its ended children, and of the cluster's processes."""
    mine = os.times()
    total = mine.user + mine.system + mine.children_user + mine.children_system
    for process in cluster.processes.values() if cluster else ():
        with suppress(psutil.NoSuchProcess):
            started = psutil.Process(process.pid)
            for each in (started, *started.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    used = each.cpu_times()
                    total += used.user + used.system
    return total
