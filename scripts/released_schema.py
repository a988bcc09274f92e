"""Write down what this release promises to those who query: tests/dbt/released_schema.json. A step of a release.

Refuses where the last release's promise is broken.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cchc import __version__
from cchc.contracts import TIMEZONE
from cchc.model import run_dbt
from cchc.serve import relations
from cchc.serve.promise import broken, promise
from cchc.settings import Settings

TARGET = Path(__file__).resolve().parents[1] / "tests" / "dbt" / "released_schema.json"


def main() -> int:
    """Exit code 1, and what is broken, where the promise may not be replaced."""
    settings = Settings.from_env()
    run_dbt(settings, ["parse"])
    served = relations(settings.dbt_target / "manifest.json")
    today = datetime.now(ZoneInfo(TIMEZONE)).date()
    if TARGET.exists() and (wrong := broken(json.loads(TARGET.read_text("utf-8")), served, today)):
        print(*wrong, sep="\n")
        return 1
    TARGET.write_text(json.dumps(promise(served, __version__), indent=1) + "\n", encoding="utf-8")
    print(TARGET)
    return 0


if __name__ == "__main__":
    sys.exit(main())
