"""## Theo dõi và báo · Watch and tell

Mỗi 15 phút: tệp thiếu hoặc bị từ chối, lượt chạy lỗi, kỳ chờ duyệt, ổ đĩa sắp đầy, lâu không chạy. Mỗi việc chỉ báo
một lần cho người nhận ghi trong danh mục (`contacts.csv`), báo lại khi có thêm, báo khi đã hết. Thư chưa gửi được thì
lần sau gửi; khi đó tác vụ lỗi và nêu lý do.

Every 15 minutes: files missing or refused, failed runs, rankings that wait, a disk nearly full, no run for long. Each
matter is told once to those of the registry's `contacts.csv`, again when there is more of it, and when it is over. A
message that no server took is sent by the next look; the task fails then and says why. `cchc watch` does the same.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from _glue import DAG, step
from cchc.contracts import TIMEZONE

#: It tells of the failures of others; its own are seen here, and the next look is the retry.
ALONE = DAG | {"on_failure_callback": None, "on_success_callback": None, "default_args": {"retries": 0}}


@dag(schedule=CronTriggerTimetable("*/15 * * * *", timezone=TIMEZONE), doc_md=__doc__, **ALONE)
def watch():
    """One task, beside everything else: it needs the warehouse for a moment only."""
    task(step("watching.once"), execution_timeout=timedelta(minutes=10))()


watch()
