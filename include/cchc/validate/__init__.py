"""Stage 5, validate: Great Expectations judges every row of a batch; failing rows go to quarantine.

In: the table ``rows`` of the normalise stage. Out: verdicts (row, rules), Data Docs without values, and the rows parted
into accepted, quarantined and duplicate, written as Parquet by raw table.
Each rule is an expectation in ``expectations/<dataset>.json`` with an id, a severity (fail, warn) and a reason.
"""

from cchc.validate.split import split_rows, waive
from cchc.validate.stage import validate
from cchc.validate.suites import Rule, load_rules
from cchc.validate.verdict import Verdicts, run_suite

__all__ = ["Rule", "Verdicts", "load_rules", "run_suite", "split_rows", "validate", "waive"]
