"""Open data: the part of ``pub`` that anybody may have, as a folder of Parquet and CSV with its description.

In: what the last good build serves. Out: ``FOLDER/data/*.csv`` and ``*.parquet``, ``datapackage.json`` (Frictionless
Data Package with Table Schema) and ``README.md`` with the dictionary. The same build gives the same bytes.
"""

from cchc.opendata.write import LICENCES, write_open_data

__all__ = ["LICENCES", "write_open_data"]
