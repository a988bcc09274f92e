"""Worlds of the report pages are what is concealed."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "publish"))
