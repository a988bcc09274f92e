"""The site: every period, province and edition as linked static pages, in a copy for the public and one for the office.

In: ``pub.*``, the registry's methods, the approved editions. Out: one folder that needs no network. Which pages there
are is data (``pages.yaml``), and so is what the public's copy may hold (``public.yaml``). No figure is computed here.
"""

from __future__ import annotations

from cchc.site.build import Filler, Site, write_site
from cchc.site.pagelist import Copy

__all__ = ["Copy", "Filler", "Site", "write_site"]
