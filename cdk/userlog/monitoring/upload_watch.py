"""The dead man's switch: an alarm if no file has come by a given time of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from lambdas.shared.observability import NAMESPACE
from userlog.monitoring.pipeline_metrics import PERIOD

if TYPE_CHECKING:
    from userlog.monitoring.pipeline_metrics import PipelineMetrics
    from userlog.stage import Stage

ZONE = "Asia/Tokyo"
METRIC = "UploadDue"


class UploadWatch(Construct):
    """Two conditions and the alarm on both: the hour has come, and nothing was uploaded since midnight.

    A schedule writes a metric at the hour: CloudWatch itself knows no time of the day.

    Args:
        scope: the parent construct.
        construct_id: its name below the parent.
        stage: gives names.
        metrics: those of the rule that sees uploads.
        expected_by: HH:MM in Japan.

    Attributes:
        alarm: the alarm; without actions yet.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: Stage, metrics: PipelineMetrics, expected_by: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        hour, minute = (int(part) for part in expected_by.split(":"))
        self._schedule(hour, minute)
        due = cloudwatch.Alarm(
            self,
            "UploadDue",
            alarm_name=stage.alarm_name("UploadDue"),
            alarm_description=f"It is {expected_by} in Japan: a file must have come. Nobody is told of this alone.",
            metric=cloudwatch.Metric(namespace=self._namespace, metric_name=METRIC, statistic="sum", period=PERIOD),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        none = cloudwatch.Alarm(
            self,
            "NoUpload",
            alarm_name=stage.alarm_name("NoUpload"),
            alarm_description=(
                f"No upload for as long as there is from midnight to {expected_by}. No one is told of this alone."
            ),
            metric=metrics.rule("MatchedEvents"),
            threshold=1,
            evaluation_periods=max(1, (hour * 60 + minute) // 5),
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            # Without uploads there is no data.
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )
        self.alarm = cloudwatch.CompositeAlarm(
            self,
            "UploadMissing",
            composite_alarm_name=stage.alarm_name("UploadMissing"),
            alarm_rule=cloudwatch.AlarmRule.all_of(
                cloudwatch.AlarmRule.from_alarm(due, cloudwatch.AlarmState.ALARM),
                cloudwatch.AlarmRule.from_alarm(none, cloudwatch.AlarmState.ALARM),
            ),
            alarm_description=(
                f"No file has come since midnight, and it is {expected_by} in Japan. Ask the sender whether one was "
                "sent. If so: is it in the input bucket, under a key that ends in .csv? Then its event was lost on the "
                f"way: look at the rule {stage.name_of('UploadRule')}."
            ),
        )

    @property
    def _namespace(self) -> str:
        return f"{NAMESPACE}/{self._stage.name_of('Workflow')}"

    def _schedule(self, hour: int, minute: int) -> None:
        role = iam.Role(
            self,
            "Role",
            description="Lets the schedule say that an upload is due",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
            inline_policies={
                "PutMetric": iam.PolicyDocument(
                    statements=[
                        # CloudWatch knows no resource for it.
                        iam.PolicyStatement(
                            actions=["cloudwatch:PutMetricData"],
                            resources=["*"],
                            conditions={"StringEquals": {"cloudwatch:namespace": self._namespace}},
                        )
                    ]
                )
            },
        )
        scheduler.CfnSchedule(
            self,
            "Schedule",
            name=self._stage.alarm_name(METRIC),
            schedule_expression=f"cron({minute} {hour} * * ? *)",
            schedule_expression_timezone=ZONE,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=f"arn:{Aws.PARTITION}:scheduler:::aws-sdk:cloudwatch:putMetricData",
                role_arn=role.role_arn,
                input=(
                    f'{{"Namespace": "{self._namespace}", "MetricData": [{{"MetricName": "{METRIC}", "Value": 1}}]}}'
                ),
            ),
        )
