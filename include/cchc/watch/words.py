"""What a message says around the facts: words.yaml, by language."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

WORDS: dict[str, Any] = yaml.safe_load((files("cchc.watch") / "words.yaml").read_text("utf-8"))
