"""The stages in order. Every function takes the settings of an installation and is safe to call again after a crash.

``collect`` (extract, land) -> ``judge_batch`` (read, normalise, validate) -> ``load_judged`` (load, ledger) ->
``build`` (dbt) -> ``publish``. The command line and the DAG files call these and nothing below them.
"""

from cchc.pipeline.collect import Collected, collect
from cchc.pipeline.judge import judge_batch, plan_batches
from cchc.pipeline.load import load_judged

__all__ = ["Collected", "collect", "judge_batch", "load_judged", "plan_batches"]
