"""What a build read and wrote, told to a catalogue as OpenLineage events: a run of each dbt model, with its columns.

``CCHC_LINEAGE`` says where they go: ``http(s)://`` of a receiver (Marquez, DataHub, OpenMetadata), a ``.yml`` file with
a configuration of OpenLineage's own client (keys, Kafka, several receivers), or any other path, to which lines of JSON
are appended. Empty: nothing is told. Events name models, columns and SQL, never a row. Format: OpenLineage 2-0-2.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from cchc.model.dbt import warehouse_environment
from cchc.settings import Settings, child_environment

log = logging.getLogger("cchc.model")

_PRODUCER = "urn:cchc"
_NAMESPACE = "cchc"


def tell_lineage(settings: Settings) -> None:
    """Tell of the last dbt run of this installation, where a receiver is set. A receiver that fails fails no build."""
    if not settings.lineage:
        return
    told = subprocess.run(
        [sys.executable, "-m", __name__, str(settings.dbt_project), str(settings.dbt_target)],
        input=settings.lineage,  # which may hold a password: no list of processes shows it
        env=child_environment(**warehouse_environment(settings)),  # OpenLineage reads dbt's profile by it
        cwd=settings.workdir,
        capture_output=True,
        text=True,
    )
    if told.returncode:
        last = told.stderr.strip().rpartition("\n")[2]
        log.warning("the lineage of this build was not told to %s (CCHC_LINEAGE): %s", _said(settings.lineage), last)
    else:
        log.info("lineage: %s events to %s", told.stdout.strip(), _said(settings.lineage))


def transport(where: str) -> dict[str, Any]:
    """The configuration of OpenLineage's client for a value of ``CCHC_LINEAGE``."""
    if where.startswith(("http://", "https://")):
        return {"transport": {"type": "http", "url": where}}
    if where.endswith((".yml", ".yaml")):
        found: dict[str, Any] = yaml.safe_load(Path(where).read_text("utf-8"))
        return found
    return {"transport": {"type": "file", "log_file_path": where, "append": True}}


def _said(where: str) -> str:
    """Without user and password, which a URL may hold."""
    return where.rpartition("@")[2]


def _main(project: str, target: str, where: str) -> None:
    from openlineage.client import OpenLineageClient
    from openlineage.common.provider.dbt.local import DbtLocalArtifactProcessor

    dbt = DbtLocalArtifactProcessor(
        producer=_PRODUCER,
        job_namespace=_NAMESPACE,
        project_dir=project,
        target_path=target,
        skip_errors=True,  # nodes that say nothing of lineage
    )
    client = OpenLineageClient(config=transport(where))
    events = dbt.parse().events()
    for event in events:
        client.emit(event)
    client.close()
    print(len(events))


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], sys.stdin.read())
