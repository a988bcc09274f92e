"""## Bảo dưỡng kho · Upkeep of the warehouse

Mỗi đêm lúc 02:00, không chạy cùng lúc với nạp hay dựng kho: trên Spark gộp các tệp nhỏ, bỏ các ảnh chụp cũ mà không ai
đọc và không bản công bố nào ghi tên, xóa tệp thừa. Trên DuckDB và PostgreSQL không có gì phải làm.

Every night at 02:00, never beside a load or a build: on Spark small files are put together, snapshots go that nobody
reads and no edition names, and files of dead writers. On DuckDB and PostgreSQL nothing is due. `cchc upkeep` does the
same by the same function.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from _glue import DAG, POOL, step
from cchc.contracts import TIMEZONE


@dag(schedule=CronTriggerTimetable("0 2 * * *", timezone=TIMEZONE), doc_md=__doc__, **DAG)
def upkeep():
    """One task, alone in the pool of those that write."""
    task(step("tasks.upkeep"), task_id="tend", pool=POOL, execution_timeout=timedelta(hours=2))()


upkeep()
