"""For the operator: a dashboard, alarms, and the topic that alarms go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from userlog.monitoring.alarm_topic import AlarmTopic
from userlog.monitoring.alarms import alarm_rules
from userlog.monitoring.dashboard import PipelineDashboard
from userlog.monitoring.pipeline_metrics import PipelineMetrics

if TYPE_CHECKING:
    from userlog.database.database import Database
    from userlog.functions.functions import Functions
    from userlog.monitoring.alarm_rule import AlarmRule
    from userlog.stage import Stage
    from userlog.storage.storage import Storage
    from userlog.workflow.workflow import Workflow


class Monitoring(Construct):
    """Dashboard, alarms and topic of one stage.

    Args:
        scope: the parent construct.
        construct_id: its name below the parent.
        stage: gives names, and the address that alarms go to.
        storage, database, functions, workflow: what is watched.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        storage: Storage,
        database: Database,
        functions: Functions,
        workflow: Workflow,
    ) -> None:
        super().__init__(scope, construct_id)
        metrics = PipelineMetrics(storage=storage, database=database, functions=functions, workflow=workflow)
        self.topic = AlarmTopic(self, "Alarms", stage=stage)
        self.alarms = [self._alarm(rule, stage) for rule in alarm_rules(metrics, functions, stage)]
        self.dashboard = PipelineDashboard(
            self, "Dashboard", stage=stage, metrics=metrics, functions=functions, alarms=self.alarms
        )

    def _alarm(self, rule: AlarmRule, stage: Stage) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            rule.name,
            alarm_name=stage.alarm_name(rule.name),
            alarm_description=rule.what_to_do,
            metric=rule.metric,
            threshold=rule.threshold,
            evaluation_periods=rule.periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            # Without uploads there is no data; that is not a failure.
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        return alarm
