"""For the operator: a dashboard, alarms, and the topic that alarms go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from userlog.monitoring.alarm_topic import AlarmTopic
from userlog.monitoring.alarms.every_alarm import alarm_rules
from userlog.monitoring.dashboard import PipelineDashboard
from userlog.monitoring.failovers import tell_failovers
from userlog.monitoring.pipeline_metrics import PipelineMetrics
from userlog.monitoring.upload_watch import UploadWatch

if TYPE_CHECKING:
    from userlog.database.database import Database
    from userlog.functions.functions import Functions
    from userlog.monitoring.alarm_rule import AlarmRule
    from userlog.stage import Stage
    from userlog.storage.storage import Storage
    from userlog.workflow.workflow import Workflow

# How long an alarm waits for the one that tells of the same event: two periods, since metrics come at their own pace.
WAITS = Duration.minutes(10)


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
        self._stage = stage
        metrics = PipelineMetrics(storage=storage, database=database, functions=functions, workflow=workflow)
        self.topic = AlarmTopic(self, "Alarms", stage=stage)
        rules = alarm_rules(metrics, functions, stage)
        alarms = {rule.name: self._alarm(rule) for rule in rules}
        for rule in rules:
            if rule.tells:
                self._tell(self._composite(rule, alarms) if rule.unless else alarms[rule.name])
        lights: list[cloudwatch.IAlarm] = list(alarms.values())
        if stage.options.upload_expected_by is not None:
            watch = UploadWatch(
                self, "UploadWatch", stage=stage, metrics=metrics, expected_by=stage.options.upload_expected_by
            )
            self._tell(watch.alarm)
            lights.append(watch.alarm)
        tell_failovers(self, stage=stage, database=database, topic=self.topic)
        self.dashboard = PipelineDashboard(
            self, "Dashboard", stage=stage, metrics=metrics, functions=functions, alarms=lights
        )

    def _alarm(self, rule: AlarmRule) -> cloudwatch.Alarm:
        compare = cloudwatch.ComparisonOperator
        return cloudwatch.Alarm(
            self,
            rule.name,
            alarm_name=self._stage.alarm_name(rule.name),
            alarm_description=rule.what_to_do,
            metric=rule.metric,
            threshold=rule.threshold,
            evaluation_periods=rule.periods,
            comparison_operator=(
                compare.LESS_THAN_OR_EQUAL_TO_THRESHOLD if rule.below else compare.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
            ),
            # Without uploads there is no data; that is not a failure.
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _composite(self, rule: AlarmRule, alarms: dict[str, cloudwatch.Alarm]) -> cloudwatch.CompositeAlarm:
        """Return the alarm that tells of `rule` unless another tells of the same event.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
        """
        state = cloudwatch.AlarmState.ALARM
        others: list[cloudwatch.IAlarm] = [alarms[name] for name in rule.unless]
        if len(others) > 1:
            # CloudWatch takes one suppressor: any of the others is one alarm, too.
            others = [
                cloudwatch.CompositeAlarm(
                    self,
                    f"{rule.name}Elsewhere",
                    composite_alarm_name=self._stage.alarm_name(f"{rule.name}Elsewhere"),
                    alarm_description=f"Another alarm tells of the event that {rule.name} is about.",
                    alarm_rule=cloudwatch.AlarmRule.any_of(
                        *(cloudwatch.AlarmRule.from_alarm(alarm, state) for alarm in others)
                    ),
                )
            ]
        return cloudwatch.CompositeAlarm(
            self,
            f"{rule.name}Alone",
            composite_alarm_name=self._stage.alarm_name(f"{rule.name}Alone"),
            alarm_description=rule.what_to_do,
            alarm_rule=cloudwatch.AlarmRule.from_alarm(alarms[rule.name], state),
            actions_suppressor=others[0],
            actions_suppressor_wait_period=WAITS,
            actions_suppressor_extension_period=WAITS,
        )

    def _tell(self, alarm: cloudwatch.AlarmBase) -> None:
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        alarm.add_ok_action(actions.SnsAction(self.topic))
