"""## Duyệt xếp hạng · Approve the rankings

Mỗi sáng lúc 07:00: kỳ nào đã hết thời gian nhận tệp muộn và thời gian phản hồi mà chưa có bản chính thức thì được lập
bản dự thảo, rồi chờ một người có thẩm quyền duyệt (mục *Required Actions*). Người duyệt thấy trước những điều bất
thường. Việc duyệt gắn với mã băm của bản đã xem: bản khác thì phải xem lại. *Trigger* với `period` để duyệt một kỳ.

Every morning at 07:00: a period whose late window and objection window have passed, and of which no edition is final,
is drafted and waits for a person to approve it (*Required Actions*), who is shown what is unusual first. The approval
binds to the hash of what was shown. *Trigger* with `period` to approve one.
"""

from airflow.sdk import CronTriggerTimetable, Param, dag, task, task_group

from _glue import DAG, POOL, step
from _question import Question
from cchc.contracts import TIMEZONE

PARAMS = {
    "period": Param(
        None,
        type=["null", "string"],
        title="Kỳ · Period",
        description="2026-09, 2026-Q3, 2026. Trống: các kỳ đến hạn duyệt · Empty: those that are due",
    )
}
ASKED = {
    "name": Param("", type="string", title="Họ tên người duyệt · Name of who approves"),
    "note": Param("", type="string", title="Ghi chú · Note"),
}


@dag(schedule=CronTriggerTimetable("0 7 * * *", timezone=TIMEZONE), params=PARAMS, doc_md=__doc__, **DAG)
def approve_rankings():
    """One draft, one question and one record a period; a rejected period fails its record and no other."""

    @task
    def due(params=None, dag_run=None):
        return step("approvals.due")(dict(params), dag_run.run_after)

    @task_group
    def one(period):
        drafted = task(step("approvals.draft", "period"), pool=POOL, multiple_outputs=True)(period)
        answer = Question(
            task_id="ask",
            subject=drafted["subject"],
            body=drafted["body"],
            params=ASKED,
            fail_on_reject=True,
        )
        task(step("approvals.record", "drafted", "answer"))(drafted, answer.output)

    one.expand(period=due())


approve_rankings()
