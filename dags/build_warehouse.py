"""## Dựng kho và chấm điểm · Build the warehouse and the scores

Chạy khi có dữ liệu mới, và mỗi sáng lúc 05:00 để không sót. Nhật ký của tác vụ `dbt` ghi từng mô hình dbt,
số dòng, số giây; một phép kiểm không đạt thì cả lượt lỗi, nêu tên phép kiểm, và không gì được coi là xong. Không có
gì mới thì các bước sau được bỏ qua. Bảng nào người đọc thấy dòng mới thì có sự kiện của tài sản `pub.<tên>`.

Runs when data arrived, and every morning at 05:00 so that nothing is missed. The log of the task `dbt` lists
every dbt model with rows and seconds; one failed test fails the run under its name, and nothing counts as done. When
nothing is due the steps after `prepare` are skipped. Each relation of which readers see other rows has an event of its
asset `pub.<name>`, with build number and rows. `cchc build` does the same by the same functions.
"""

from datetime import timedelta

from airflow.sdk import Asset, AssetAlias, AssetOrTimeSchedule, CronTriggerTimetable, dag, task

from _glue import ARRIVED, DAG, POOL, step
from cchc.contracts import TIMEZONE

SCHEDULE = AssetOrTimeSchedule(timetable=CronTriggerTimetable("0 5 * * *", timezone=TIMEZONE), assets=[ARRIVED])
LONGEST = timedelta(hours=3)
#: Each relation of which readers got to see other rows: the asset ``pub.ranking_v1`` and so on.
SERVED = AssetAlias("served")


@dag(schedule=SCHEDULE, doc_md=__doc__, **DAG)
def build_warehouse():
    """One process builds; the order of writing is prepare, dbt, publish, finish."""

    @task.short_circuit(pool=POOL)
    def prepare():
        state = step("tasks.prepare_build")()
        return state["due"] and state

    prepared = prepare()
    dbt = task(step("tasks.build_models", "prepared"), task_id="dbt", pool=POOL, execution_timeout=LONGEST)(prepared)

    @task(pool=POOL, outlets=[SERVED])
    def publish(prepared, *, outlet_events=None):
        served = step("tasks.serve_build")(prepared)
        for name, told in served.items():
            outlet_events[SERVED].add(Asset(name=f"pub.{name}", uri=f"cchc://warehouse/pub/{name}"), extra=told)

    finish = task(step("tasks.finish_build"), task_id="finish", pool=POOL)()
    dbt >> publish(prepared) >> finish


build_warehouse()
