"""The reform-indicator warehouse: daily exports of administrative procedures in, published rankings out.

Each sub-package is one stage; data flows one way::

    extract -> land -> read -> normalise -> validate -> load -> model -> score -> publish

Nothing in this package imports Airflow: the DAG files call it, never the reverse.
"""

__version__ = "0.1.0"
