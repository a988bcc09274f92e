"""``cchc form``: report forms as files, and which layouts there are."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from cchc.cli.progress import console, print_table
from cchc.errors import PermanentError
from cchc.forms import Form, fill_forms, write_form, write_page
from cchc.forms.words import verdict
from cchc.registry.open import open_registry
from cchc.settings import Settings

#: Instead of a layout: which there are.
LIST = "list"


def show_layouts(settings: Settings) -> None:
    """Every version of every layout."""
    print_table(
        "Layouts · Bố cục biểu",
        ["layout", "valid from", "valid to", "columns", "official text", "source"],
        [
            [
                item.layout,
                str(item.valid_from),
                str(item.valid_to or ""),
                sum((c.layout, c.valid_from) == (item.layout, item.valid_from) for c in registry.form_columns),
                "held" if item.is_text_held else "not held · chưa có",
                item.source,
            ]
            for registry in [open_registry(settings.registry_dir)]
            for item in registry.form_layouts
        ],
    )


def write_forms(
    settings: Settings,
    layout: str,
    unit: str | None,
    first: date | None,
    last: date | None,
    every: bool,
    out: Path | None,
) -> None:
    """Fill and write: one form to a file, by its ending a workbook or a page; those of many units to a folder."""
    if first is None or last is None or out is None:
        raise PermanentError("a form needs --from, --to and --out")
    if not every and out.suffix not in (".xlsx", ".html"):
        raise PermanentError(f"{out.name}: a form is written as .xlsx or .html")
    found = fill_forms(settings, open_registry(settings.registry_dir), layout, first, last, unit, every)
    for form in found:
        path = out / f"{form.name}.xlsx" if every else out
        (write_page if path.suffix == ".html" else write_form)(form, path)
    if every:
        console.print(f"{len(found)} forms written to {out}", highlight=False, soft_wrap=True, markup=False)
    else:
        console.print(f"Written: {out}", highlight=False, soft_wrap=True, markup=False)
    _show_checks(found)


def _show_checks(found: list[Form]) -> None:
    """The identities of the totals: of one form each, of many how many of each kind."""
    checks = [(form, check) for form in found for check in form.checks(form.total)]
    if len(found) == 1:
        for _, check in checks:
            console.print(f"{check.identity}: {verdict(check)}", highlight=False, markup=False)
        return
    said = ", ".join(f"{name} {number}" for name, number in Counter(check.verdict for _, check in checks).items())
    console.print(f"Identities of the totals: {said or 'none'}", highlight=False)
    for form, check in checks:
        if check.verdict == "unexplained":
            console.print(f"{form.unit} {check.identity}: {verdict(check)}", highlight=False, markup=False)
