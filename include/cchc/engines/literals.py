"""Values as they are written in statements of Spark's, whose thrift server takes no parameters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def literal(value: Any) -> str:
    """A value as it is written in a statement."""
    match value:
        case None:
            return "null"
        case bool() | int():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f"timestamp_ntz'{value.isoformat(sep=' ')}'"
        case date():
            return f"date'{value.isoformat()}'"
        case str():
            escaped = value.replace("\\", "\\\\").replace("'", "\\'")
            return f"'{escaped}'"
    raise TypeError(f"no literal of {type(value).__name__}")


def with_values(sql: str, parameters: Sequence[Any]) -> str:
    """A statement with its parameters, which are written ``?``, in their places."""
    parts = sql.split("?") if parameters else [sql]
    filled = [part + literal(value) for part, value in zip(parts, parameters, strict=False)]
    return "".join([*filled, *parts[len(filled) :]])
