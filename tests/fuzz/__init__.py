"""Mutated files against an independent reading of the export contract: `make fuzz`, or ``python -m fuzz --help``.

Nothing here imports how ``include/cchc`` reads: what a file means is known from how it was made (``meant``), or read a
second time by ``reader``. Only ``product`` calls the pipeline, in a process of its own.
"""
