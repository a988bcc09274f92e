"""Tables of the ledger. The migrations in ``migrations/versions`` create them; a test compares the two."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

file_revision = sa.Table(
    "file_revision",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("system", sa.String, nullable=False),
    sa.Column("unit", sa.String, nullable=False),
    sa.Column("export_date", sa.Date, nullable=False),
    sa.Column("dataset", sa.String, nullable=False),
    sa.Column("path", sa.String, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("arrived_at", sa.DateTime, nullable=False),  # local time; the source's word, else when it was fetched
    sa.Column("landed_at", sa.DateTime, nullable=False),
    sa.Column("outcome", sa.String, nullable=False, server_default="landed"),
    sa.Column("reason", sa.String),
    sa.Column("detail", sa.String),
    sa.Column("rows_read", sa.Integer, nullable=False, server_default="0"),
    sa.Column("rows_accepted", sa.Integer, nullable=False, server_default="0"),
    sa.Column("rows_quarantined", sa.Integer, nullable=False, server_default="0"),
    sa.Column("rows_duplicate", sa.Integer, nullable=False, server_default="0"),
    sa.Column("warnings", sa.String, nullable=False, server_default=""),
    sa.Column("arrival_warnings", sa.String, nullable=False, server_default=""),  # of how it came; judging keeps them
    sa.Column("repeats", sa.Integer, nullable=False, server_default="0"),
    sa.Column("in_force", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("change_no", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("system", "unit", "export_date", "dataset", "revision", name="one_row_per_revision"),
    sa.CheckConstraint("rows_read = rows_accepted + rows_quarantined + rows_duplicate", name="rows_balance"),
    sa.CheckConstraint("outcome in ('landed', 'accepted', 'refused')", name="outcome_known"),
    sa.CheckConstraint("outcome <> 'refused' or (rows_read = 0 and reason is not null)", name="refused_whole"),
    sa.Index("file_revision_by_day", "export_date", "system", "unit"),
    sa.Index("file_revision_by_change", "change_no"),
    sa.Index("file_revision_by_outcome", "outcome"),
)

#: One row: the last ``change_no`` given out. Its lock makes writers of change numbers wait for each other's commit.
change_counter = sa.Table("change_counter", metadata, sa.Column("last", sa.BigInteger, nullable=False))

stage_outcome = sa.Table(
    "stage_outcome",
    metadata,
    sa.Column("revision_id", sa.String(16), sa.ForeignKey("file_revision.id"), primary_key=True),
    sa.Column("stage", sa.String, primary_key=True),
    sa.Column("outcome", sa.String, nullable=False),
    sa.Column("reason", sa.String),
    sa.Column("row_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("duration_ms", sa.Integer, nullable=False, server_default="0"),
    sa.Column("recorded_at", sa.DateTime, nullable=False),
)

seen_file = sa.Table(
    "seen_file",
    metadata,
    sa.Column("path", sa.String, primary_key=True),
    sa.Column("export_date", sa.Date, nullable=False, index=True),
    sa.Column("fingerprint", sa.String, nullable=False),
    sa.Column("sha256", sa.String(64)),  # of the bytes that were taken; null: taken before migration 0004
)

stray_file = sa.Table(
    "stray_file",
    metadata,
    sa.Column("path", sa.String, primary_key=True),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("first_seen_at", sa.DateTime, nullable=False),
    sa.Column("likely", sa.String, nullable=False, server_default=""),
)

#: What the last look at a folder could not fetch; a look that can takes the row away.
fetch_failure = sa.Table(
    "fetch_failure",
    metadata,
    sa.Column("system", sa.String, primary_key=True),
    sa.Column("unit", sa.String, primary_key=True),
    sa.Column("export_date", sa.Date, primary_key=True),
    sa.Column("path", sa.String, primary_key=True),  # empty: the folder of the day
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("detail", sa.String, nullable=False),
    sa.Column("first_failed_at", sa.DateTime, nullable=False),
    sa.Column("last_failed_at", sa.DateTime, nullable=False),
)

waiver = sa.Table(
    "waiver",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("row_number", sa.Integer, primary_key=True),
    sa.Column("rule", sa.String, primary_key=True),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("decided_by", sa.String, nullable=False),
    sa.Column("decided_at", sa.DateTime, nullable=False),
)

#: Landed bytes that are destroyed by law. Written before they go, so that a crash in between is finished later.
destruction = sa.Table(
    "destruction",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("basis", sa.String, nullable=False),  # the legal one
    sa.Column("decided_by", sa.String, nullable=False),
    sa.Column("chosen", sa.String, nullable=False),  # the rule or the file by which they were chosen
    sa.Column("decided_at", sa.DateTime, nullable=False),
    sa.Column("destroyed_at", sa.DateTime),  # null: decided, and the bytes may be there still
)

#: What the office answered to an objection; of several answers the one with the greatest number counts.
objection_answer = sa.Table(
    "objection_answer",
    metadata,
    sa.Column("unit", sa.String, primary_key=True),
    sa.Column("objection_number", sa.String, primary_key=True),
    sa.Column("answer_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("decision", sa.String, nullable=False),
    sa.Column("decided_by", sa.String, nullable=False),
    sa.Column("decided_on", sa.Date, nullable=False),
    sa.Column("note", sa.String, nullable=False),
    sa.CheckConstraint("decision in ('upheld', 'rejected', 'partly')", name="decision_known"),
)

run = sa.Table(
    "run",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("command", sa.String, nullable=False),
    sa.Column("day_from", sa.Date),
    sa.Column("day_to", sa.Date),
    sa.Column("started_at", sa.DateTime, nullable=False),
    sa.Column("finished_at", sa.DateTime),
    sa.Column("outcome", sa.String, nullable=False, server_default="running"),
    sa.Column("summary", sa.String, nullable=False, server_default="{}"),
)

#: A task of an orchestrated run that failed for good; gone once the run has ended and its own row names it.
task_failure = sa.Table(
    "task_failure",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("command", sa.String, nullable=False),
    sa.Column("reference", sa.String, nullable=False),  # the orchestrator's name of the run
    sa.Column("task", sa.String, nullable=False),
    sa.Column("error", sa.String, nullable=False),  # its first line
    sa.Column("error_kind", sa.String, nullable=False),
    sa.Column("failed_at", sa.DateTime, nullable=False),
)

#: What was told to whom about one matter. Written after the server took the message, never before.
alert = sa.Table(
    "alert",
    metadata,
    sa.Column("matter", sa.String, primary_key=True),
    sa.Column("addressee", sa.String(16), primary_key=True),  # of a hash: an address may hold a secret
    sa.Column("opened_at", sa.DateTime, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("titles", sa.Text, nullable=False),  # JSON: language -> what it is about
    sa.Column("told", sa.Text, nullable=False),  # JSON: what of it was told
    sa.Column("told_at", sa.DateTime),  # null: no message was taken yet
    sa.Column("failed_at", sa.DateTime),  # since when a message waits to be taken
    sa.Column("failure", sa.String),
    sa.Column("closed_at", sa.DateTime),  # null: open
)
