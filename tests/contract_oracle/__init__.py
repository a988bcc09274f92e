"""A slow, independent reading of the export contract (sections 3 to 6, less `declared`), to compare the pipeline with.

Standard library only, one row at a time, no code of the package: what both get wrong must be wrong twice.

    from contract_oracle import expected
    truth = expected(root, reference)       # the root's final state, one revision a file
    truth.files[(system, unit, "2026-07-01", dataset)]     -> FileTruth
    truth.indicators[(unit, "2026-07-01", "2026-09-30", "ONLINE_DOSSIER")] -> (numerator, denominator)
    differences(truth, indicators_csv, ledger_csv)         -> what a pipeline exported otherwise

``python -m contract_oracle ROOT REFERENCE [TRUTH_JSON]`` prints the counts, or compares
them with a truth file of the samples.
"""

from __future__ import annotations

from contract_oracle.expected import Truth, expected
from contract_oracle.outputs import differences
from contract_oracle.reference import Reference

__all__ = ["Reference", "Truth", "differences", "expected"]
