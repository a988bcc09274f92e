"""What could not be fetched; hashes of files taken; warnings of how a file came; what a stray probably stands for.

Stray names noted so far go: they were kept as they stood, and a name may be a person's. The next look notes them anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "fetch_failure",
        sa.Column("system", sa.String, primary_key=True),
        sa.Column("unit", sa.String, primary_key=True),
        sa.Column("export_date", sa.Date, primary_key=True),
        sa.Column("path", sa.String, primary_key=True),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("first_failed_at", sa.DateTime, nullable=False),
        sa.Column("last_failed_at", sa.DateTime, nullable=False),
    )
    op.add_column("seen_file", sa.Column("sha256", sa.String(64)))
    op.add_column("file_revision", sa.Column("arrival_warnings", sa.String, nullable=False, server_default=""))
    op.add_column("stray_file", sa.Column("likely", sa.String, nullable=False, server_default=""))
    op.execute("delete from stray_file")


def downgrade() -> None:
    op.drop_column("stray_file", "likely")
    op.drop_column("file_revision", "arrival_warnings")
    op.drop_column("seen_file", "sha256")
    op.drop_table("fetch_failure")
