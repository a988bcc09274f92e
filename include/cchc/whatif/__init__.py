"""What if: how few more cases bring a unit to full marks, the next band or the next rank, and what given ones bring.

In: the standing of a unit and period, from ``pub.*``. Out: answers, exact to the last digit of the models.
"""

from __future__ import annotations

from cchc.whatif.answers import Changed, Goal, Outcome, change, fewest_cases
from cchc.whatif.standing import Measure, Standing, read_standing

__all__ = ["Changed", "Goal", "Measure", "Outcome", "Standing", "change", "fewest_cases", "read_standing"]
