"""## Công bố xếp hạng · Publish the rankings

Ngày 1 đến 3 hằng tháng, lúc 06:00: trang báo cáo của tháng vừa hết, và của quý, năm nếu vừa hết. Ba ngày, để tệp đến
muộn cũng được tính. *Trigger* với `period` (`2026-09`, `2026-Q3`, `2026`, `all`) để công bố lại một kỳ.

On days 1 to 3 of a month at 06:00: the report pages of the month just ended, and of the quarter and the year if they
ended with it. Three days, so that late files count. *Trigger* with `period` (`2026-09`, `2026-Q3`, `2026`, `all`) to
publish a period again.
"""

from airflow.sdk import CronTriggerTimetable, Param, dag, task

from _glue import DAG, POOL, step
from cchc.contracts import TIMEZONE

PARAMS = {
    "period": Param(
        None,
        type=["null", "string"],
        title="Kỳ · Period",
        description="2026-09, 2026-Q3, 2026, all. Trống: kỳ vừa hết · Empty: what just ended",
    )
}


@dag(schedule=CronTriggerTimetable("0 6 1-3 * *", timezone=TIMEZONE), params=PARAMS, doc_md=__doc__, **DAG)
def publish_rankings():
    """Pages and files from the publish models; the warehouse is only read."""

    @task
    def due(params=None, dag_run=None):
        return step("orders.publishing")(dict(params), dag_run.run_after)

    task(step("tasks.publish", "periods"), pool=POOL)(due())


publish_rankings()
