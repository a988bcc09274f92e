"""One counter for ``change_no``, so that numbers follow the order in which transactions commit."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table("change_counter", sa.Column("last", sa.BigInteger, nullable=False))
    op.execute("insert into change_counter select coalesce(max(change_no), 0) from file_revision")


def downgrade() -> None:
    op.drop_table("change_counter")
