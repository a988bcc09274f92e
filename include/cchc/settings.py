"""Where everything of one installation lives: from the environment (``CCHC_*``), overridden by the command line.

The only module that reads the environment. Each field names its variable; docs/settings.md lists them, under test.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from cchc import shelf
from cchc.errors import PermanentError
from cchc.server import Server, is_server, plain_url, read_server, read_warehouse
from cchc.shelf import Place

PROJECT = Path(__file__).resolve().parents[2]


def _count(text: str) -> int:
    return max(1, int(text))


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise ValueError
    return share


def _warehouse(text: str) -> str:
    read_warehouse(text, "CCHC_WAREHOUSE")
    return plain_url(text)


def _state(text: str) -> str:
    read_server(text, "CCHC_WAREHOUSE_STATE")
    return plain_url(text)


def _ledger(text: str) -> str:
    if is_server(text):
        read_server(text, "CCHC_LEDGER")
    return text


def _store(text: str) -> str:
    return shelf.checked(text, "CCHC_STORE")


def _folder(text: str) -> Path:
    if "://" in text:
        raise PermanentError("CCHC_RELEASES names a folder; editions in an object store lie in CCHC_STORE")
    return Path(text)


def _mode(text: str) -> int:
    mode = int(text, 8)
    if mode & ~0o644 or mode & 0o600 != 0o600:  # others may read at most, the owner must write
        raise ValueError
    return mode


def _security(text: str) -> str:
    if text not in ("starttls", "ssl", "none"):
        raise ValueError
    return text


def _flag(text: str) -> bool:
    return text.lower() not in ("0", "false", "no")


@dataclass(frozen=True)
class Variable:
    """The variable of the environment that fills a field; unset and empty both mean the field's default."""

    name: str
    parse: Callable[[str], Any] = str

    @property
    def is_set(self) -> bool:
        """Whether the environment of this process says something."""
        return bool(os.environ.get(self.name))

    def value(self) -> Any:
        """What it says; raises ``PermanentError`` where that can't be read."""
        text = os.environ[self.name]
        try:
            return self.parse(text)
        except ValueError as error:
            raise PermanentError(f"{self.name}={text} can't be read; see docs/settings.md") from error


@dataclass(frozen=True)
class Settings:
    """Paths and limits of one installation; every stage gets what it needs from here.

    ``warehouse`` is empty for the embedded DuckDB file, or a ``postgresql://`` or ``spark://`` URL. ``fail_share`` is
    the share of files of one run (0..1) above which the run itself fails; single bad files never fail it.
    """

    workdir: Annotated[Path, Variable("CCHC_WORKDIR", Path)]
    exports: Annotated[str, Variable("CCHC_EXPORTS")]
    registry: Annotated[Path | None, Variable("CCHC_REGISTRY", Path)] = None  # None: the packaged registry
    warehouse: Annotated[str, Variable("CCHC_WAREHOUSE", _warehouse)] = field(default="", repr=False)
    #: of a warehouse on Spark: what is pending and how it stands, which must be whole however a process ends
    warehouse_state: Annotated[str, Variable("CCHC_WAREHOUSE_STATE", _state)] = field(default="", repr=False)
    #: each step takes on its role on PostgreSQL (``cchc roles``); otherwise the login's own rights hold
    warehouse_roles: Annotated[bool, Variable("CCHC_WAREHOUSE_ROLES", _flag)] = False
    ledger_url: Annotated[str, Variable("CCHC_LEDGER", _ledger)] = field(default="", repr=False)
    #: where landing, staged rows, quality pages and editions lie, a URL; empty: in the working folder
    store: Annotated[str, Variable("CCHC_STORE", _store)] = ""
    schedule: Annotated[Path | None, Variable("CCHC_SCHEDULE", Path)] = None
    fail_share: Annotated[float, Variable("CCHC_FAIL_SHARE", _share)] = 0.5
    fetch_workers: Annotated[int, Variable("CCHC_FETCH_WORKERS", _count)] = 8  # units fetched at once
    collect_tasks: Annotated[int, Variable("CCHC_COLLECT_TASKS", _count)] = 2  # of a run of an orchestrator, at most
    judge_tasks: Annotated[int, Variable("CCHC_JUDGE_TASKS", _count)] = 1  # the same: one for each of its workers
    judge_workers: Annotated[int, Variable("CCHC_JUDGE_WORKERS", _count)] = 2  # batches judged at once in one process
    #: landed bytes read in one batch: bounds the memory of read..validate
    batch_bytes: Annotated[int, Variable("CCHC_BATCH_BYTES", _count)] = 80 * 1024 * 1024
    batch_files: Annotated[int, Variable("CCHC_BATCH_FILES", _count)] = 1500
    #: deliveries that a slice of a back-fill may lack: bounds how long a nightly run waits for it
    backfill_files: Annotated[int, Variable("CCHC_BACKFILL_FILES", _count)] = 4000
    #: of the scratch database of one batch
    threads: Annotated[int, Variable("CCHC_THREADS", _count)] = field(
        default_factory=lambda: min(4, os.cpu_count() or 2)
    )
    duckdb_memory: Annotated[str, Variable("CCHC_DUCKDB_MEMORY")] = "1500MB"  # of dbt's connection to the embedded file
    dbt_project: Annotated[Path, Variable("CCHC_DBT_PROJECT", Path)] = PROJECT / "dbt_project"
    expectations: Annotated[Path, Variable("CCHC_EXPECTATIONS", Path)] = PROJECT / "expectations"
    dbt_log_level: Annotated[str, Variable("DBT_LOG_LEVEL_FILE")] = "info"  # debug lines cost a tenth of a build
    releases: Annotated[Path | None, Variable("CCHC_RELEASES", _folder)] = None  # None: in the working folder
    signing_key: Annotated[str, Variable("CCHC_SIGNING_KEY")] = field(
        default="", repr=False
    )  # of editions; or unsigned
    keep_staged_days: Annotated[int, Variable("CCHC_KEEP_STAGED_DAYS", _count)] = 7  # what killed runs left
    keep_logs_days: Annotated[int, Variable("CCHC_KEEP_LOGS_DAYS", _count)] = 90
    #: of tables on Spark: for how long somebody may go on reading a state after the next one is served
    keep_snapshots_days: Annotated[int, Variable("CCHC_KEEP_SNAPSHOTS_DAYS", _count)] = 7
    keep_quality_days: Annotated[int, Variable("CCHC_KEEP_QUALITY_DAYS", _count)] = 90
    #: of published pages and editions; everything else is its owner's alone
    published_mode: Annotated[int, Variable("CCHC_PUBLISHED_MODE", _mode)] = 0o644
    #: of Airflow, where it is configured for this process; only looked at
    airflow_metadata: Annotated[str, Variable("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN")] = field(default="", repr=False)
    smtp_host: Annotated[str, Variable("CCHC_SMTP_HOST")] = ""  # empty: no mail is sent
    smtp_port: Annotated[int, Variable("CCHC_SMTP_PORT", _count)] = 587
    smtp_security: Annotated[str, Variable("CCHC_SMTP_SECURITY", _security)] = "starttls"
    smtp_user: Annotated[str, Variable("CCHC_SMTP_USER")] = ""
    smtp_password: Annotated[str, Variable("CCHC_SMTP_PASSWORD")] = field(default="", repr=False)
    mail_from: Annotated[str, Variable("CCHC_MAIL_FROM")] = ""
    webhook_token: Annotated[str, Variable("CCHC_WEBHOOK_TOKEN")] = field(default="", repr=False)
    link: Annotated[str, Variable("CCHC_LINK")] = ""  # where a browser finds Airflow or the report
    watch_hours: Annotated[int, Variable("CCHC_WATCH_HOURS", _count)] = 26  # without a run until it is a matter
    watch_days: Annotated[int, Variable("CCHC_WATCH_DAYS", _count)] = 7  # export dates that are looked at
    watch_grace: Annotated[int, Variable("CCHC_WATCH_GRACE", int)] = 180  # minutes after a due time
    disk_share: Annotated[float, Variable("CCHC_DISK_SHARE", _share)] = 0.9  # in use, until it is a matter
    airflow_db: Annotated[str, Variable("CCHC_AIRFLOW_DB")] = ""  # Airflow's metadata; empty: an SQLite file
    airflow_broker: Annotated[str, Variable("CCHC_AIRFLOW_BROKER")] = ""  # of Celery; empty: the scheduler runs tasks
    lineage: Annotated[str, Variable("CCHC_LINEAGE")] = field(default="", repr=False)  # who hears what a build read
    debug: Annotated[bool, Variable("CCHC_DEBUG", _flag)] = False  # tracebacks of our own errors

    @classmethod
    def from_env(cls, **overrides: Any) -> Settings:
        """Settings of this process: defaults, then variables, then what the caller names (if not None).

        Raises ``PermanentError`` naming a variable whose value can't be read.
        """
        given = {name: variable.value() for name, variable in variables().items() if variable.is_set}
        home = given.setdefault("workdir", Path("var"))
        given.setdefault("exports", str(home / "exports"))
        given |= {name: value for name, value in overrides.items() if value is not None}
        settings = cls(**given)
        return replace(settings, workdir=Path(settings.workdir).resolve())

    @property
    def shelf(self) -> Place:
        """What holds landing, staged rows, quality pages and editions."""
        return shelf.place_of(self.store) if self.store else self.workdir

    @property
    def is_shelf_local(self) -> bool:
        """Whether all of that lies in folders of this machine; asks no store."""
        return not self.store or self.store.startswith("file://")

    @property
    def landing(self) -> Place:
        """Bytes as received. The only place where personal data may be found."""
        return self.shelf / "landing"

    @property
    def staged(self) -> Place:
        """Validated rows of a run that are not loaded yet (Parquet, no personal data)."""
        return self.shelf / "staged"

    @property
    def forms(self) -> Path:
        """Forms that the office filled in, laid out as exports are."""
        return self.workdir / "forms"

    @property
    def quality(self) -> Place:
        """Great Expectations' Data Docs."""
        return self.shelf / "quality"

    @property
    def reports(self) -> Path:
        """Published pages."""
        return self.workdir / "report"

    @property
    def editions(self) -> Place:
        """Published editions, which never change once approved."""
        return self.releases or self.shelf / "releases"

    @property
    def duckdb_path(self) -> Path:
        """The embedded warehouse."""
        return self.workdir / "warehouse.duckdb"

    @property
    def served_path(self) -> Path:
        """What readers of the embedded warehouse open: a file of its own that changes with a rename only."""
        return self.workdir / "serve" / "pub.duckdb"

    @property
    def dbt_target(self) -> Path:
        """dbt's artefacts."""
        return self.workdir / "dbt" / "target"

    def warehouse_as(self, role: str, **options: str) -> Server:
        """The warehouse's server for a step that takes on a role, where roles are asked for."""
        server = read_server(self.warehouse, "CCHC_WAREHOUSE")
        return server.saying(role=role if self.warehouse_roles else "", **options)

    @property
    def ledger(self) -> str | Path:
        """SQLAlchemy URL of the ledger, or the path of its SQLite file."""
        return self.ledger_url or self.workdir / "ledger.sqlite"

    @property
    def registry_dir(self) -> Path | None:
        """The registry in force: the one named, else one imported into the working folder, else the packaged one."""
        imported = self.workdir / "registry"
        return self.registry or (imported if imported.is_dir() else None)


@cache
def variables() -> dict[str, Variable]:
    """Field of ``Settings`` -> its variable."""
    hints = get_type_hints(Settings, include_extras=True)
    return {each.name: hints[each.name].__metadata__[0] for each in fields(Settings)}


def unreadable() -> list[str]:
    """What is wrong with variables of this process, one sentence each: all of them, where ``from_env`` tells one."""
    found = []
    for variable in variables().values():
        try:
            if variable.is_set:
                variable.value()
        except PermanentError as error:
            found.append(str(error))
    return found


def read(name: str) -> Any:
    """One setting of this process by its field's name, where a whole ``Settings`` is not at hand."""
    variable = variables()[name]
    return variable.value() if variable.is_set else getattr(Settings(workdir=Path("var"), exports=""), name)


def child_environment(**values: str) -> dict[str, str]:
    """The environment of a process that this one starts: its own, and what the settings say."""
    return {**os.environ, **values}
