"""docker-compose.yaml as compose resolves it: ``.env``, interpolation, environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values

PROJECT = Path(__file__).resolve().parents[2]
#: ``${NAME}``, ``${NAME:-else}``, ``${NAME:?error}``, ``${NAME:+instead}``, the last one with variables inside.
VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::([-?+])((?:[^{}]|\$\{\w+\})*))?\}")


def interpolate(text: str, values: dict[str, str]) -> str:
    def one(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if name is None:
            return "$"
        value = values.get(name, "")
        if kind == "+":
            return interpolate(rest, values) if value else ""
        if not value and kind == "?":
            raise KeyError(f"{name}: {rest}")
        return value or interpolate(rest or "", values)

    return VARIABLE.sub(one, text)


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yaml").read_text("utf-8"))
    return found


def services(env_file: Path) -> dict[str, Any]:
    """Every service with every text interpolated."""
    values = {name: value or "" for name, value in dotenv_values(env_file, interpolate=False).items()}

    def through(part: Any) -> Any:
        if isinstance(part, str):
            return interpolate(part, values)
        if isinstance(part, dict):
            return {key: through(each) for key, each in part.items()}
        return [through(each) for each in part] if isinstance(part, list) else part

    found: dict[str, Any] = through(compose()["services"])
    return found
