"""Templates as a person reads them: references replaced by the names and ARNs that AWS would give."""

from __future__ import annotations

import re
from typing import Any

ACCOUNT, REGION = "123456789012", "ap-northeast-1"
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "UserLogPipeline",
}
_HASH = re.compile(r"[0-9A-F]{8}$")
_REFERENCE = re.compile(r"\$\{([^}!]+)\}")
# By type: the property that is the name, what Ref gives, and what GetAtt gives; {name} is the name, or where there is
# none the logical id without its hash.
_KINDS: dict[str, tuple[str, str, dict[str, str]]] = {
    "AWS::S3::Bucket": ("BucketName", "{name}", {"Arn": "arn:aws:s3:::{name}"}),
    "AWS::DynamoDB::Table": ("TableName", "{name}", {"Arn": "arn:aws:dynamodb:{region}:{account}:table/{name}"}),
    "AWS::Lambda::Function": (
        "FunctionName",
        "{name}",
        {"Arn": "arn:aws:lambda:{region}:{account}:function:{name}"},
    ),
    "AWS::StepFunctions::StateMachine": (
        "StateMachineName",
        "arn:aws:states:{region}:{account}:stateMachine:{name}",
        {"Arn": "arn:aws:states:{region}:{account}:stateMachine:{name}", "Name": "{name}"},
    ),
    "AWS::SQS::Queue": (
        "QueueName",
        "https://sqs.{region}.amazonaws.com/{account}/{name}",
        {"Arn": "arn:aws:sqs:{region}:{account}:{name}", "QueueName": "{name}"},
    ),
    "AWS::SNS::Topic": ("TopicName", "arn:aws:sns:{region}:{account}:{name}", {"TopicName": "{name}"}),
    "AWS::IAM::Role": ("RoleName", "{name}", {"Arn": "arn:aws:iam::{account}:role/{name}"}),
    "AWS::KMS::Key": ("-", "{name}", {"Arn": "arn:aws:kms:{region}:{account}:key/{name}"}),
    "AWS::Logs::LogGroup": (
        "LogGroupName",
        "{name}",
        {"Arn": "arn:aws:logs:{region}:{account}:log-group:{name}:*"},
    ),
    "AWS::RDS::DBCluster": (
        "DBClusterIdentifier",
        "{name}",
        {
            "DBClusterArn": "arn:aws:rds:{region}:{account}:cluster:{name}",
            "DBClusterResourceId": "<resource id of {name}>",
            "Endpoint.Address": "{name}.cluster-id.{region}.rds.amazonaws.com",
            "ReadEndpoint.Address": "{name}.cluster-ro-id.{region}.rds.amazonaws.com",
            "MasterUserSecret.SecretArn": "<secret of {name}>",
        },
    ),
    "AWS::Events::Rule": ("Name", "{name}", {"Arn": "arn:aws:events:{region}:{account}:rule/{name}"}),
    "AWS::EC2::SecurityGroup": ("GroupName", "{name}", {"GroupId": "{name}", "VpcId": "NetworkVpc"}),
    "AWS::CloudWatch::Alarm": (
        "AlarmName",
        "{name}",
        {"Arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}"},
    ),
    "AWS::CloudWatch::Dashboard": ("DashboardName", "{name}", {}),
}

Resource = dict[str, Any]


class Resolver:
    """Reads a template with its intrinsic functions evaluated.

    Args:
        template: a synthesized template.
    """

    def __init__(self, template: dict[str, Any]) -> None:
        self.template = template
        self.resources: dict[str, Resource] = template["Resources"]

    def of_type(self, kind: str) -> dict[str, Resource]:
        """Return the properties of all resources of a type, by logical id without its hash."""
        found = {
            readable(logical): self.value(resource.get("Properties", {}))
            for logical, resource in self.resources.items()
            if resource["Type"] == kind
        }
        assert len(found) == sum(resource["Type"] == kind for resource in self.resources.values()), "an id twice"
        return found

    def by_name(self, kind: str) -> dict[str, Resource]:
        """Return the properties of all resources of a type that are given a name, by it."""
        name = _KINDS[kind][0]
        return {properties[name]: properties for properties in self.of_type(kind).values() if name in properties}

    def value(self, node: Any) -> Any:
        """Return a part of the template with every reference in it replaced.

        Raises:
            AssertionError: for an intrinsic function that is not known here.
        """
        if isinstance(node, list):
            return [self.value(part) for part in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((function, argument),) = node.items()
            if function == "Ref":
                return self._ref(argument)
            if function.startswith("Fn::"):
                return self._call(function, argument)
        return {key: self.value(part) for key, part in node.items()}

    def _call(self, function: str, argument: Any) -> Any:
        match function, self.value(argument):
            case "Fn::GetAtt", [logical, attribute]:
                return self._attribute(logical, attribute)
            case "Fn::Join", [separator, parts]:
                return separator.join(str(part) for part in parts)
            case "Fn::Sub", str(text):
                return _REFERENCE.sub(lambda match: str(self._named(match.group(1))), text)
            case "Fn::Select", [index, parts]:
                return parts[int(index)]
            case "Fn::Split", [separator, text]:
                return text.split(separator)
            case _, resolved:
                raise AssertionError(f"{function} {resolved} is not known to the tests' resolver")

    def _named(self, name: str) -> Any:
        logical, _, attribute = name.partition(".")
        return self._attribute(logical, attribute) if attribute else self._ref(name)

    def _ref(self, logical: str) -> str:
        if logical in _PSEUDO:
            return _PSEUDO[logical]
        if logical not in self.resources:
            return f"<{logical}>"
        kind = self.resources[logical]["Type"]
        return self._filled(_KINDS[kind][1], logical) if kind in _KINDS else readable(logical)

    def _attribute(self, logical: str, attribute: str) -> str:
        attributes = _KINDS.get(self.resources[logical]["Type"], ("", "", {}))[2]
        if attribute in attributes:
            return self._filled(attributes[attribute], logical)
        return f"<{readable(logical)}.{attribute}>"

    def _filled(self, pattern: str, logical: str) -> str:
        resource = self.resources[logical]
        given = resource.get("Properties", {}).get(_KINDS[resource["Type"]][0])
        name = readable(logical) if given is None else self.value(given)
        return pattern.format(name=name, region=REGION, account=ACCOUNT)


def readable(logical: str) -> str:
    """Return a logical id without the hash that CDK appends."""
    return _HASH.sub("", logical)
