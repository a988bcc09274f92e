"""Values of the warehouse as JSON has them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any


def number(value: Any) -> int | float | None:
    """Decimals as JSON numbers, whole ones without a fraction; null stays null."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def day_text(value: date | None) -> str | None:
    """ISO date."""
    return value.isoformat() if value else None
