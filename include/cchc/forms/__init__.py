"""Report forms (biểu báo cáo) filled from ``pub.*``: layouts from the registry in, workbooks and pages out.

Nothing here decides when a dossier is on time: that is in the trail. A form only says in which column it stands.
"""

from __future__ import annotations

from cchc.forms.fill import Form, fill_forms
from cchc.forms.layout import Layout, layout_on
from cchc.forms.page import form_page, write_page
from cchc.forms.workbook import write_form

__all__ = ["Form", "Layout", "fill_forms", "form_page", "layout_on", "write_form", "write_page"]
