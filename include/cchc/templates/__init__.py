"""Workbooks that offices fill in and deliver as declared figures (dataset ``declared``, dialect ``workbook``)."""

from __future__ import annotations

from cchc.templates.items import Item, items_of, template_of
from cchc.templates.write import write_template

__all__ = ["Item", "items_of", "template_of", "write_template"]
