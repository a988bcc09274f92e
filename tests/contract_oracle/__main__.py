"""Print the counts of a root, or compare them with a truth file."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from contract_oracle.expected import compare, expected

truth = expected(Path(sys.argv[1]), Path(sys.argv[2]))
print(Counter(f.reason or f.outcome for f in truth.files.values()), truth.periods)
print({flag: len(keys) for flag, keys in truth.flags.items()})
if len(sys.argv) > 3:
    differences = compare(truth, json.loads(Path(sys.argv[3]).read_text()))
    print(*differences, sep="\n")
    print(len(differences), "differences,", len(truth.files), "files,", len(truth.indicators), "indicators")
    sys.exit(bool(differences))
