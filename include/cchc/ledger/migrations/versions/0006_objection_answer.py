"""Answers of the office to objections: never changed, a further answer has the next number and counts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "objection_answer",
        sa.Column("unit", sa.String, primary_key=True),
        sa.Column("objection_number", sa.String, primary_key=True),
        sa.Column("answer_no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("decision", sa.String, nullable=False),
        sa.Column("decided_by", sa.String, nullable=False),
        sa.Column("decided_on", sa.Date, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.CheckConstraint("decision in ('upheld', 'rejected', 'partly')", name="decision_known"),
    )


def downgrade() -> None:
    op.drop_table("objection_answer")
