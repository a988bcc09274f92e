"""The stages in order. Every function takes the settings of an installation and is safe to call again after a crash.

``collect`` (extract, land) -> ``judge`` (read, normalise, validate) -> ``store`` (load, ledger) -> ``build`` (dbt) ->
``publish``. The command line and the DAG files call these and nothing below them.
"""

from cchc.pipeline.collect import Collected, collect
from cchc.pipeline.judge import judge_batch, plan_batches
from cchc.pipeline.store import store

__all__ = ["Collected", "collect", "judge_batch", "plan_batches", "store"]
