"""What other rooms bring to the site: the claims page, and on the office's copy the form of the last month."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cchc.claims import shipped, shipped_rows, write_judged
from cchc.claims import write_page as write_claims
from cchc.forms import Form, fill_forms
from cchc.forms import write_page as write_form_page
from cchc.publish import open_reader
from cchc.registry.open import open_registry
from cchc.settings import Settings
from cchc.site import Copy

#: The layout that every office files.
LAYOUT = "II.06a"
#: The last month that has ended, and the province of most ranked units in it.
_LAST = """
    select province_code, period_start, period_end
    from pub.ranking_v1
    where period_kind = 'month' and period_end <= as_of_date
    group by province_code, period_start, period_end
    order by period_end desc, count(*) desc, province_code
    limit 1
"""


def last_form(settings: Settings) -> Form | None:
    """The province's form of the last month that has ended; None before there is one."""
    with open_reader(settings) as reader:
        found = [*reader.stream(_LAST)[1]]
    if not found:
        return None
    province, first, last = found[0]
    return fill_forms(settings, open_registry(settings.registry_dir), LAYOUT, first, last, province)[0]


def _claims(settings: Settings, path: Path, copy: Copy) -> bool:
    rows, judged = shipped_rows(), shipped()
    table = write_judged(path.with_suffix(".csv"), list(rows[0]), rows, judged)
    write_claims(path, judged, "index.html", table.name)
    return True


def _form(settings: Settings, path: Path, copy: Copy) -> bool:
    form = last_form(settings)
    if form is not None:
        write_form_page(form, path)
    return form is not None


#: By the name of their row in ``site/pages.yaml``, who writes the page for a copy: one line each.
FILLERS: dict[str, Callable[[Settings, Path, Copy], bool]] = {"claims": _claims, "forms": _form}
