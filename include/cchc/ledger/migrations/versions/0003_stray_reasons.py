"""Reasons of strays are codes of a closed list (``cchc.deliveries.strays``), no longer English sentences."""

from alembic import op

revision = "0003"
down_revision = "0002"

CODES = {"unknown file name": "unknown_file_name", "unit not registered for this system": "unit_not_registered"}


def upgrade() -> None:
    for text, code in CODES.items():
        op.execute(f"update stray_file set reason = '{code}' where reason = '{text}'")


def downgrade() -> None:
    for text, code in CODES.items():
        op.execute(f"update stray_file set reason = '{text}' where reason = '{code}'")
