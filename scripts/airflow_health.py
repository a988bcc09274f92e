"""Whether a part of Airflow is well, for the health checks of docker-compose.yaml: ``airflow_health.py scheduler``.

Cheap, as it is asked twice a minute: Airflow itself is not imported. The parts that beat into the metadata are looked
up at the API server; a Celery worker is asked over its broker.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import urllib.request
from urllib.parse import urljoin

#: Name of a service -> its name in Airflow's answer.
BEATING = {
    "api-server": "metadatabase",
    "dag-processor": "dag_processor",
    "scheduler": "scheduler",
    "triggerer": "triggerer",
}


def is_well(part: str) -> bool:
    """Ask once. Raises ``OSError`` where nobody answers, ``KeyError`` for a part that there is not."""
    if part == "worker":
        from celery import Celery

        broker = Celery(broker=os.environ["CCHC_AIRFLOW_BROKER"])
        return bool(broker.control.inspect([f"celery@{socket.gethostname()}"], timeout=5).ping())
    page = urljoin(os.environ["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"], "/api/v2/monitor/health")
    with urllib.request.urlopen(page, timeout=10) as answer:
        return bool(json.load(answer)[BEATING[part]]["status"] == "healthy")


if __name__ == "__main__":
    sys.exit(0 if is_well(sys.argv[1]) else f"{sys.argv[1]}: not healthy")
