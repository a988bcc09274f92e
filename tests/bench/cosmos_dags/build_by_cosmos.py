"""The build of a day with a task a model, for `bench.cosmos_modes`: what dags/build_warehouse.py does with one task."""

import os

from airflow.sdk import TriggerRule, dag, task
from cosmos import DbtTaskGroup, ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
from cosmos.constants import ExecutionMode, InvocationMode, LoadMode

from _glue import DAG, POOL, step
from cchc.settings import Settings

SETTINGS = Settings.from_env()
MODE = ExecutionMode(os.environ.get("COSMOS_MODE", "watcher"))
PROFILE = ProfileConfig("cchc", "duckdb", profiles_yml_filepath=SETTINGS.dbt_project / "profiles.yml")
#: What the selector ``daily_build`` leaves out: Cosmos reads no selector of a manifest.
LEFT_OUT = ["tag:whole_history", "config.materialized:view", "resource_type:unit_test"]
NODE = {"retries": 0, "install_deps": False, "should_store_compiled_sql": False, "emit_datasets": False}


@dag(**DAG)
def build_by_cosmos():
    """The order of writing is prepare, dbt, publish, finish; one process at a time writes."""
    prepared = task(step("tasks.prepare_build"), task_id="prepare", pool=POOL)()
    watching = MODE == ExecutionMode.WATCHER
    producer = {"pool": POOL, "dbt_cmd_flags": ["--exclude", *LEFT_OUT]} if watching else None
    dbt = DbtTaskGroup(
        group_id="dbt",
        project_config=ProjectConfig(SETTINGS.dbt_project, manifest_path=SETTINGS.dbt_target / "manifest.json"),
        profile_config=PROFILE,
        render_config=RenderConfig(load_method=LoadMode.DBT_MANIFEST, emit_datasets=False, exclude=LEFT_OUT),
        execution_config=ExecutionConfig(MODE, InvocationMode.SUBPROCESS, setup_operator_args=producer),
        operator_args=NODE if watching else NODE | {"pool": POOL},
    )
    if watching:
        first = dbt.children["dbt.dbt_producer_watcher"]
        for root in [root for root in dbt.get_roots() if root is not first]:
            root.trigger_rule = TriggerRule.ALL_DONE  # says how its model ended, also when the build failed
            first >> root
    publish = task(step("tasks.serve_build", "prepared"), task_id="publish", pool=POOL)(prepared)
    prepared >> dbt >> publish >> task(step("tasks.finish_build"), task_id="finish", pool=POOL)()


build_by_cosmos()
