"""How well each unit works: the shares that make the ranking worth reading."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: share -> (lowest, highest, how much of it follows from the unit's general quality)
SHARES = {
    "on_time": (0.78, 1.00, 0.85),
    "online": (0.28, 0.97, 0.8),
    "digitised": (0.20, 0.98, 0.6),
    "vneid": (0.45, 0.97, 0.4),
    "reused": (0.02, 0.70, 0.6),
    "from_store": (0.00, 0.40, 0.5),
    "result": (0.10, 0.95, 0.6),
    "paid": (0.25, 0.97, 0.5),
    "satisfied": (0.70, 0.99, 0.5),
}


def shares(rng: np.random.Generator, units: int) -> dict[str, NDArray[np.float64]]:
    """One value a share and unit; good units tend to be good at everything."""
    general = rng.beta(1.8, 1.0, units)
    out = {}
    for name, (low, high, follows) in SHARES.items():
        mixed = follows * general + (1 - follows) * rng.beta(2, 2, units)
        out[name] = low + (high - low) * mixed.clip(0, 1)
    return out
