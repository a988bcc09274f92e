"""A filled form as one HTML page: complete in itself, no script, readable on a phone and on paper."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from cchc.forms import words
from cchc.forms.fill import Form
from cchc.forms.measures import why_unknown
from cchc.forms.origin_sheet import facts
from cchc.forms.rows import printed
from cchc.registry.forms import LABEL_KEYS
from cchc.table_file import whole_file


def write_page(form: Form, path: Path) -> Path:
    """Write the page, whole or not at all, for its owner alone; returns the path."""
    with whole_file(path) as part:
        part.write_text(form_page(form), encoding="utf-8", newline="\n")
    return path


def form_page(form: Form) -> str:
    """The page of a form. Nothing of the clock is in it."""
    columns = form.layout.columns
    heads = []
    for heading, members in groupby(columns, key=lambda column: (column.heading, bool(column.subheading))):
        heads.append((heading[0], len(list(members)), heading[1]))
    total = form.checks(form.total)
    lines = [check for line in form.lines for check in form.checks(line)]
    return _template().render(
        form=form,
        words=words,
        heads=heads,
        columns=columns,
        labels=LABEL_KEYS,
        rows=printed(form),
        total=total,
        off=[check for check in lines if check.verdict != "holds"],
        held=Counter(words.identity(check) for check in lines if check.verdict == "holds"),
        unknown=[
            (column, words.bounds(cell), why_unknown(column.key, cell))
            for column in form.layout.measures
            if (cell := form.total.cells[column.key]).number is None
        ],
        facts=[(label, words.day(value) if isinstance(value, date) else value) for label, value in facts(form)],
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    loader = PackageLoader("cchc.forms", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True).get_template(
        "form.html.j2"
    )
