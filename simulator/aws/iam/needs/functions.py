"""What Lambda asks for in the name of a function's role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.iam.needs.need import Need, needs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.aws.iam.template.deployment import Deployment

_INTERFACES = (
    "ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DeleteNetworkInterface "
    "ec2:AssignPrivateIpAddresses ec2:UnassignPrivateIpAddresses"
)


def function_needs(deployment: Deployment) -> Iterator[Need]:
    """Return what every function of the template needs: to be run, to log, to be traced, its network, its database."""
    resolver = deployment.resolver
    for logical_id, function in resolver.of_type("AWS::Lambda::Function").items():
        name = resolver.name(logical_id)
        role = deployment.role(function["Role"], session=name)
        # https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
        lambda_ = deployment.service("lambda.amazonaws.com")
        yield from needs_of(
            lambda_ if role else None, "sts:AssumeRole", function["Role"], f"Lambda runs {name} with it"
        )
        group = function.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}")
        stream = f"arn:aws:logs:{resolver.region}:{resolver.account}:log-group:{group}:log-stream:stream"
        yield from needs_of(role, "logs:CreateLogStream logs:PutLogEvents", stream, f"{name} logs")
        if function.get("TracingConfig", {}).get("Mode") == "Active":
            # https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
            yield from needs_of(role, "xray:PutTraceSegments xray:PutTelemetryRecords", "*", f"{name} is traced")
        if "VpcConfig" in function:
            # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
            yield from needs_of(role, _INTERFACES, "*", f"Lambda puts {name} into the network")
        queue = function.get("DeadLetterConfig", {}).get("TargetArn")
        if queue:
            # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
            action = "sns:Publish" if queue.split(":")[2:3] == ["sns"] else "sqs:SendMessage"
            yield from needs_of(role, action, queue, f"it is the dead-letter queue of {name}")
        yield from _log_in(deployment, name, function)


def _log_in(deployment: Deployment, name: str, function: Mapping[str, Any]) -> Iterator[Need]:
    """Log in with a token to a database cluster whose address is in the function's environment.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
    """
    variables: Mapping[str, str] = function.get("Environment", {}).get("Variables", {})
    users = [value for key, value in variables.items() if key.endswith("_USER")]
    resolver = deployment.resolver
    for logical_id, cluster in resolver.of_type("AWS::RDS::DBCluster").items():
        if not cluster.get("EnableIAMDatabaseAuthentication"):
            continue
        if not any(str(value).startswith(f"<{logical_id}.") for value in variables.values()):
            continue
        database = f"arn:aws:rds-db:{resolver.region}:{resolver.account}:dbuser:<{logical_id}.DBClusterResourceId>"
        for user in users:
            role = deployment.role(function["Role"], session=name)
            yield from needs_of(role, "rds-db:connect", f"{database}/{user}", f"{name} logs in as {user}")
