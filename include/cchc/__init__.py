"""The reform-indicator warehouse: daily exports of administrative procedures in, published rankings out.

Each sub-package is one stage; data flows one way::

    extract -> land -> read -> normalise -> validate -> load -> model -> score -> publish

Nothing in this package imports Airflow: the DAG files call it, never the reverse. Each stage has a logger of its name
(``cchc.extract``, ...), which says units, files, rows and seconds and no value of a row; whoever runs a stage decides
who hears it.
"""

import logging

logging.getLogger("cchc").addHandler(logging.NullHandler())

__version__ = "0.1.0"
