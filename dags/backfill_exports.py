"""## Nạp bù dữ liệu cũ · Back-fill exports

*Trigger* với `day_from`, `day_to`, và nếu cần `system`, `unit` (một tỉnh là cả các đơn vị bên dưới): những gì danh
mục chờ mà sổ cái chưa có được nạp từng lát, từ ngày cũ nhất, mỗi lát là một lượt của *ingest_exports*. Lượt hằng đêm
đi trước lát kế tiếp. Bị ngắt thì *Trigger* lại với cùng khoảng ngày: lát đã xong không chạy nữa.

*Trigger* with `day_from`, `day_to` and perhaps `system`, `unit` (a province means all below it): what the registry
expects and the ledger does not have is taken in slice by slice, the oldest first, each a run of *ingest_exports*. A
nightly run goes before the next slice. After a failure *Trigger* the same range: slices that are done do not run again.
"""

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Param, TriggerRule, dag, task

from _glue import ARRIVED, DAG, step

TEXT = {"type": ["null", "string"]}
PARAMS = {
    "day_from": Param(type="string", format="date", title="Từ ngày · From"),
    "day_to": Param(type="string", format="date", title="Đến ngày · To"),
    "system": Param(None, **TEXT, title="Hệ thống · System", description="Trống: tất cả · Empty: all"),
    "unit": Param(None, **TEXT, title="Đơn vị và bên dưới · Unit and below", description="Trống: tất cả · Empty: all"),
    "again": Param(False, type="boolean", title="Hỏi lại nguồn cả ngày đã hỏi · Ask again for days asked for"),
}
#: One slice is queued at a time, so whatever else asks for a run of *ingest_exports* comes before the next one.
SLICE = {"wait_for_completion": True, "deferrable": True, "poke_interval": 5, "max_active_tis_per_dagrun": 1}


@dag(schedule=None, params=PARAMS, doc_md=__doc__, **DAG)
def backfill_exports():
    """Plan, one slice after the other, then one build of them all; the run fails where something is left to do."""

    @task
    def plan(params=None, dag_run=None):
        return step("orders.backfilling")(dict(params), dag_run.run_after)

    @task(outlets=[ARRIVED], trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS)
    def announce():
        """A slice announces nothing: what they all brought is built once."""

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def check(params=None, dag_run=None):
        return step("orders.backfilled")(dict(params), dag_run.run_after)

    taken_in = TriggerDagRunOperator.partial(task_id="slice", trigger_dag_id="ingest_exports", **SLICE)
    taken_in.expand(conf=plan()) >> [announce(), check()]


backfill_exports()
