"""## Dựng kho và chấm điểm · Build the warehouse and the scores

Chạy khi có dữ liệu mới, và mỗi sáng lúc 05:00 để không sót. Mỗi mô hình dbt là một tác vụ nhìn thấy được; một phép
kiểm dbt không đạt thì cả lượt lỗi và không gì được coi là xong. Không có gì mới thì các bước sau được bỏ qua.

Runs when data arrived, and every morning at 05:00 so that nothing is missed. Every dbt model shows as a task; one
failed dbt test fails the run, and nothing counts as done. When nothing is due the steps after `prepare` are skipped.
One `dbt build` does the work (task `dbt_producer_watcher`), the models' tasks tell how it ended for each.
"""

from datetime import timedelta

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, TriggerRule, dag, task
from cosmos import DbtTaskGroup, ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
from cosmos.constants import ExecutionMode, InvocationMode, LoadMode

from _glue import ARRIVED, DAG, MANIFEST, POOL, SETTINGS, step
from cchc.contracts import TIMEZONE

SCHEDULE = AssetOrTimeSchedule(timetable=CronTriggerTimetable("0 5 * * *", timezone=TIMEZONE), assets=[ARRIVED])
TARGET = "postgres" if SETTINGS.on_postgres else "duckdb"
PRODUCER = {
    "pool": POOL,
    "dbt_cmd_flags": ["--exclude-resource-type", "unit_test"],
    "execution_timeout": timedelta(hours=3),
}
FULL = "{{ (ti.xcom_pull('prepare') or {}).get('full_refresh', False) }}"


@dag(schedule=SCHEDULE, doc_md=__doc__, **DAG)
def build_warehouse():
    """One process builds; the order of writing is prepare, dbt, finish."""

    @task.short_circuit(pool=POOL)
    def prepare():
        state = step("tasks.prepare_build")()
        return state["due"] and state

    dbt = DbtTaskGroup(
        group_id="dbt",
        project_config=ProjectConfig(SETTINGS.dbt_project, manifest_path=MANIFEST),
        profile_config=ProfileConfig("cchc", TARGET, profiles_yml_filepath=SETTINGS.dbt_project / "profiles.yml"),
        render_config=RenderConfig(load_method=LoadMode.DBT_MANIFEST, emit_datasets=False, group_nodes_by_folder=True),
        execution_config=ExecutionConfig(
            ExecutionMode.WATCHER, InvocationMode.SUBPROCESS, setup_operator_args=PRODUCER
        ),
        operator_args={"retries": 0, "full_refresh": FULL, "install_deps": False, "should_store_compiled_sql": False},
    )
    producer = dbt.children["dbt.dbt_producer_watcher"]
    for root in [root for root in dbt.get_roots() if root is not producer]:
        root.trigger_rule = TriggerRule.ALL_DONE  # says how its model ended, also when the build failed
        producer >> root
    prepare() >> dbt >> task(step("tasks.finish_build"), pool=POOL)()


build_warehouse()
