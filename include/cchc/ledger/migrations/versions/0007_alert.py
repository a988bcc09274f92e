"""Alerts: what was told to whom, and failed tasks of runs that an orchestrator drives."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("matter", sa.String, primary_key=True),
        sa.Column("addressee", sa.String(16), primary_key=True),
        sa.Column("opened_at", sa.DateTime, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("titles", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("told_at", sa.DateTime),
        sa.Column("failed_at", sa.DateTime),
        sa.Column("failure", sa.String),
        sa.Column("closed_at", sa.DateTime),
    )
    op.create_table(
        "task_failure",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("command", sa.String, nullable=False),
        sa.Column("reference", sa.String, nullable=False),
        sa.Column("task", sa.String, nullable=False),
        sa.Column("error", sa.String, nullable=False),
        sa.Column("error_kind", sa.String, nullable=False),
        sa.Column("failed_at", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("task_failure")
    op.drop_table("alert")
