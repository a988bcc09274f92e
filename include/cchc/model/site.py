"""dbt's documentation of the project as a site: models, columns, tests, and which model reads which."""

from __future__ import annotations

import shutil
from pathlib import Path

from cchc.model.dbt import run_dbt
from cchc.settings import Settings
from cchc.table_file import whole_file


def write_site(settings: Settings, out: Path) -> Path:
    """Write the site as one HTML file that asks no network, of the models as they stand; returns its path.

    dbt looks at the warehouse for it, and so waits its turn like a build. Nothing of the rows is in it.
    """
    run_dbt(settings, ["docs", "generate", "--static", "--no-compile"])
    with whole_file(out) as part:
        shutil.copyfile(settings.dbt_target / "static_index.html", part)
    return out
