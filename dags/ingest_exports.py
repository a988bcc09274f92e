"""## Nạp dữ liệu xuất hằng ngày · Ingest the daily exports

Lấy các tệp mới của mọi hệ thống, kiểm tra từng dòng, nạp vào kho. Chạy lúc 01:30 cho 7 ngày gần nhất, nên tệp đến
muộn và tệp sửa lại cũng được nạp. *Trigger* với `day_from`, `day_to`, `system`, `unit` để nạp một khoảng khác;
`replay` đọc lại những tệp đã lưu. Một đơn vị lỗi không làm dừng đơn vị khác; cả lượt chỉ lỗi khi vượt tỷ lệ cho phép.

Fetches what is new, judges every row, loads it. Runs at 01:30 for the last 7 days, so late and corrected files come
in too. *Trigger* with `day_from`, `day_to`, `system`, `unit` for another range; `replay` reads what has landed once
more. One failed unit never stops the others; the run fails past the stated share (`CCHC_FAIL_SHARE`).
"""

from airflow.sdk import CronTriggerTimetable, Param, TriggerRule, dag, task
from airflow.sdk.exceptions import AirflowSkipException

from _glue import ARRIVED, DAG, POOL, step
from cchc.contracts import TIMEZONE

DAY = {"type": ["null", "string"], "format": "date"}
TEXT = {"type": ["null", "string"]}
PARAMS = {
    "day_from": Param(None, **DAY, title="Từ ngày · From", description="Trống: 7 ngày gần nhất · Empty: last 7 days"),
    "day_to": Param(None, **DAY, title="Đến ngày · To", description="Trống: hôm qua · Empty: yesterday"),
    "system": Param(None, **TEXT, title="Hệ thống · System", description="Trống: tất cả · Empty: all"),
    "unit": Param(None, **TEXT, title="Đơn vị · Unit", description="Trống: tất cả · Empty: all"),
    "recheck": Param(False, type="boolean", title="Lấy lại cả tệp không đổi · Fetch unchanged files too"),
    "replay": Param(False, type="boolean", title="Đọc lại tệp đã lưu · Read landed files again"),
    "order": Param(None, **TEXT, title="Của lượt nạp bù · Of backfill_exports"),
}
WHOLE = {"trigger_rule": TriggerRule.ALL_DONE}  # goes on when some batches failed


@dag(schedule=CronTriggerTimetable("30 1 * * *", timezone=TIMEZONE), params=PARAMS, doc_md=__doc__, **DAG)
def ingest_exports():
    """Collect and judge are mapped over few parts of the work; one task stores: one process at a time may write."""

    @task
    def plan_collect(params=None, dag_run=None):
        return step("orders.collecting")(dict(params), dag_run.run_after)

    @task(**WHOLE)
    def plan_judge(params=None, dag_run=None):
        return step("orders.judging")(dict(params), dag_run.run_after)

    @task(outlets=[ARRIVED])
    def announce(loaded, params=None):
        if params["order"] or not loaded["files_accepted"] + loaded["files_refused"]:
            raise AirflowSkipException("nothing new")

    planned, parts = plan_collect(), plan_judge()
    collected = task(step("tasks.collect_units", "batch")).expand(batch=planned)
    judged = task(step("tasks.judge", "part")).expand(part=parts)
    loaded = task(step("tasks.load_all", "judged"), pool=POOL, **WHOLE)(judged)
    collected >> parts
    announce(loaded)
    checked = task(step("orders.check", "planned", "collected", "batches", "loaded", "params"), **WHOLE)
    checked(planned, collected, parts, loaded)


ingest_exports()
