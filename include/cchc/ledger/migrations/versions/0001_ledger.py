"""The first ledger: file revisions, stage outcomes, seen and stray files, waivers, runs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "file_revision",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("export_date", sa.Date, nullable=False),
        sa.Column("dataset", sa.String, nullable=False),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("arrived_at", sa.DateTime, nullable=False),
        sa.Column("landed_at", sa.DateTime, nullable=False),
        sa.Column("outcome", sa.String, nullable=False, server_default="landed"),
        sa.Column("reason", sa.String),
        sa.Column("detail", sa.String),
        sa.Column("rows_read", sa.Integer, nullable=False, server_default="0"),
        sa.Column("rows_accepted", sa.Integer, nullable=False, server_default="0"),
        sa.Column("rows_quarantined", sa.Integer, nullable=False, server_default="0"),
        sa.Column("rows_duplicate", sa.Integer, nullable=False, server_default="0"),
        sa.Column("warnings", sa.String, nullable=False, server_default=""),
        sa.Column("repeats", sa.Integer, nullable=False, server_default="0"),
        sa.Column("in_force", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("change_no", sa.BigInteger, nullable=False, server_default="0"),
        sa.UniqueConstraint("system", "unit", "export_date", "dataset", "revision", name="one_row_per_revision"),
        sa.CheckConstraint("rows_read = rows_accepted + rows_quarantined + rows_duplicate", name="rows_balance"),
        sa.CheckConstraint("outcome in ('landed', 'accepted', 'refused')", name="outcome_known"),
        sa.CheckConstraint("outcome <> 'refused' or (rows_read = 0 and reason is not null)", name="refused_whole"),
    )
    op.create_index("file_revision_by_day", "file_revision", ["export_date", "system", "unit"])
    op.create_index("file_revision_by_change", "file_revision", ["change_no"])
    op.create_index("file_revision_by_outcome", "file_revision", ["outcome"])
    op.create_table(
        "stage_outcome",
        sa.Column("revision_id", sa.String(16), sa.ForeignKey("file_revision.id"), primary_key=True),
        sa.Column("stage", sa.String, primary_key=True),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("row_count", sa.Integer, nullable=False, server_default="0"),
        sa.Column("duration_ms", sa.Integer, nullable=False, server_default="0"),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "seen_file",
        sa.Column("path", sa.String, primary_key=True),
        sa.Column("export_date", sa.Date, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
    )
    op.create_index("ix_seen_file_export_date", "seen_file", ["export_date"])
    op.create_table(
        "stray_file",
        sa.Column("path", sa.String, primary_key=True),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("first_seen_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "waiver",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("row_number", sa.Integer, primary_key=True),
        sa.Column("rule", sa.String, primary_key=True),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("decided_by", sa.String, nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("command", sa.String, nullable=False),
        sa.Column("day_from", sa.Date),
        sa.Column("day_to", sa.Date),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("finished_at", sa.DateTime),
        sa.Column("outcome", sa.String, nullable=False, server_default="running"),
        sa.Column("summary", sa.String, nullable=False, server_default="{}"),
    )


def downgrade() -> None:
    for table in ("run", "waiver", "stray_file", "seen_file", "stage_outcome", "file_revision"):
        op.drop_table(table)
