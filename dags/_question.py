"""The question a person answers: asked again where a machine died over it, and not where it was answered with no."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.exceptions import HITLRejectException
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk.exceptions import AirflowFailException


class Question(ApprovalOperator):
    """A rejection is an answer: it fails the task at once. Anything else is retried, and then asked again."""

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        try:
            return super().execute_complete(context, event)
        except HITLRejectException as rejected:
            raise AirflowFailException(str(rejected)) from rejected
