"""Landed bytes that were destroyed by law: what they were, on which basis, on whose word, when."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "destruction",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("basis", sa.String, nullable=False),
        sa.Column("decided_by", sa.String, nullable=False),
        sa.Column("chosen", sa.String, nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=False),
        sa.Column("destroyed_at", sa.DateTime),
    )


def downgrade() -> None:
    op.drop_table("destruction")
