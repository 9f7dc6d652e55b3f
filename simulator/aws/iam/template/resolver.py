"""References of a template, replaced by the names and ARNs that AWS would give.

CloudFormation user guide, "Intrinsic function reference", and "Return values" of each type of resource.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_REFERENCE = re.compile(r"\$\{(?P<escaped>!)?(?P<name>[^}]*)\}")
# By type: the property that is the name, the ARN, and whether Ref gives the ARN, not the name. {id} is the name.
_KINDS: Final[dict[str, tuple[str, str, bool]]] = {
    "AWS::CloudWatch::Alarm": ("AlarmName", "arn:aws:cloudwatch:{here}:alarm:{id}", False),
    "AWS::DynamoDB::Table": ("TableName", "arn:aws:dynamodb:{here}:table/{id}", False),
    "AWS::Events::Rule": ("Name", "arn:aws:events:{here}:rule/{id}", False),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", "arn:aws:iam::{account}:policy/{id}", True),
    "AWS::IAM::Role": ("RoleName", "arn:aws:iam::{account}:role/{id}", False),
    "AWS::KMS::Key": ("", "arn:aws:kms:{here}:key/{id}", False),
    "AWS::Lambda::Function": ("FunctionName", "arn:aws:lambda:{here}:function:{id}", False),
    "AWS::Logs::LogGroup": ("LogGroupName", "arn:aws:logs:{here}:log-group:{id}:*", False),
    "AWS::RDS::DBCluster": ("DBClusterIdentifier", "arn:aws:rds:{here}:cluster:{id}", False),
    "AWS::S3::Bucket": ("BucketName", "arn:aws:s3:::{id}", False),
    "AWS::SNS::Topic": ("TopicName", "arn:aws:sns:{here}:{id}", True),
    "AWS::SQS::Queue": ("QueueName", "arn:aws:sqs:{here}:{id}", False),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "arn:aws:states:{here}:stateMachine:{id}", True),
}
_ARN_ATTRIBUTES: Final = ("Arn", "TopicArn", "DBClusterArn")
_NAME_ATTRIBUTES: Final = ("Name", "QueueName", "TopicName")


class UnknownReference(Exception):
    """A template refers to something that it does not have; the message says to what."""


class Resolver:
    """Evaluates the intrinsic functions of a template.

    What AWS only makes known when it creates a resource (the id of a VPC) stands as `<logical id>` or
    `<logical id>.<attribute>`, the same wherever it is referred to.

    Args:
        template: a synthesized template.
        region, account: where it is deployed.
        given: the values of its parameters, beside their defaults, and of exports for `Fn::ImportValue`.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        *,
        region: str,
        account: str,
        given: Mapping[str, str] | None = None,
    ) -> None:
        self.template = template
        self.resources: dict[str, Any] = template.get("Resources", {})
        self.region = region
        self.account = account
        self._given = given or {}
        self._by_type: dict[str, dict[str, dict[str, Any]]] = {}
        self._pseudo: dict[str, Any] = {
            "AWS::AccountId": account,
            "AWS::Region": region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": "stack",
            "AWS::StackId": f"arn:aws:cloudformation:{region}:{account}:stack/stack/<id>",
            "AWS::NotificationARNs": [],
            "AWS::NoValue": None,
        }
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Join": lambda argument: self.value(argument[0]).join(map(str, self.value(argument[1]))),
            "Fn::Sub": self._sub,
            "Fn::ImportValue": self._import,
            "Fn::Select": lambda argument: self.value(argument[1])[int(self.value(argument[0]))],
            "Fn::Split": lambda argument: self.value(argument[1]).split(self.value(argument[0])),
            "Fn::If": self._if,
            "Fn::FindInMap": self._find_in_map,
            "Fn::Equals": lambda argument: self.value(argument[0]) == self.value(argument[1]),
            "Fn::And": lambda argument: all(self._condition(one) for one in argument),
            "Fn::Or": lambda argument: any(self._condition(one) for one in argument),
            "Fn::Not": lambda argument: not self._condition(argument[0]),
        }

    def value(self, node: Any) -> Any:
        """Return a part of the template with its intrinsic functions evaluated.

        Raises:
            UnknownReference: to something that the template does not have.
        """
        if isinstance(node, list):
            return [found for one in node if (found := self.value(one)) is not None]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            function = self._functions.get(name)
            if function is not None:
                return function(argument)
            if name.startswith("Fn::"):
                return f"<{name}>"
        return {key: found for key, one in node.items() if (found := self.value(one)) is not None}

    def properties(self, logical_id: str) -> dict[str, Any]:
        """Return the properties of a resource."""
        found: dict[str, Any] = self.value(self.resources[logical_id].get("Properties", {}))
        return found

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the properties of all resources of a type that are made, by logical id."""
        if kind not in self._by_type:
            self._by_type[kind] = self._of_type(kind)
        return self._by_type[kind]

    def _of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        return {
            logical_id: self.properties(logical_id)
            for logical_id, resource in self.resources.items()
            if resource.get("Type") == kind
            and ("Condition" not in resource or self._condition({"Condition": resource["Condition"]}))
        }

    def name(self, logical_id: str) -> str:
        """Return the name of a resource; its logical id if the template gives none."""
        resource = self.resources[logical_id]
        wanted = _KINDS.get(resource["Type"], ("", "", False))[0]
        given = resource.get("Properties", {}).get(wanted) if wanted else None
        return logical_id if given is None else str(self.value(given))

    def arn(self, logical_id: str) -> str:
        """Return the ARN of a resource; `<logical id>.Arn` if its type is not known here."""
        resource = self.resources[logical_id]
        if resource["Type"] == "AWS::Lambda::Alias":
            function = self.value(resource["Properties"]["FunctionName"]).rpartition(":")[2]
            return f"arn:aws:lambda:{self._here}:function:{function}:{self.value(resource['Properties']['Name'])}"
        pattern = _KINDS.get(resource["Type"], ("", "", False))[1]
        filled = pattern.format(id=self.name(logical_id), here=self._here, account=self.account)
        return filled or f"<{logical_id}.Arn>"

    @property
    def _here(self) -> str:
        return f"{self.region}:{self.account}"

    def _ref(self, logical_id: str) -> Any:
        if logical_id in self._pseudo:
            return self._pseudo[logical_id]
        if logical_id in self._given:
            return self._given[logical_id]
        parameter = self.template.get("Parameters", {}).get(logical_id)
        if parameter is not None:
            return parameter.get("Default", f"<{logical_id}>")
        resource = self._resource(logical_id)
        if resource["Type"] == "AWS::SQS::Queue":
            return f"https://sqs.{self.region}.amazonaws.com/{self.account}/{self.name(logical_id)}"
        by_arn = resource["Type"] == "AWS::Lambda::Alias" or _KINDS.get(resource["Type"], ("", "", False))[2]
        if by_arn:
            return self.arn(logical_id)
        return self.name(logical_id) if resource["Type"] in _KINDS else f"<{logical_id}>"

    def _get_att(self, argument: Any) -> Any:
        logical_id, _, attribute = (
            argument.partition(".") if isinstance(argument, str) else (argument[0], "", argument[1])
        )
        resource = self._resource(logical_id)
        if attribute in _ARN_ATTRIBUTES:
            return self.arn(logical_id)
        if attribute in _NAME_ATTRIBUTES and resource["Type"] in _KINDS:
            return self.name(logical_id)
        return f"<{logical_id}.{attribute}>"

    def _resource(self, logical_id: str) -> Any:
        try:
            return self.resources[logical_id]
        except KeyError:
            raise UnknownReference(f"the template refers to {logical_id}, which it does not have") from None

    def _sub(self, argument: Any) -> str:
        text, values = (argument, {}) if isinstance(argument, str) else (argument[0], self.value(argument[1]))

        def filled(match: re.Match[str]) -> str:
            name = match["name"]
            if match["escaped"]:
                return f"${{{name}}}"
            if name in values:
                return str(values[name])
            return str(self._get_att(name) if "." in name else self._ref(name))

        return _REFERENCE.sub(filled, text)

    def _import(self, argument: Any) -> str:
        name = str(self.value(argument))
        return self._given.get(name, f"<import {name}>")

    def _if(self, argument: Any) -> Any:
        condition, then, otherwise = argument
        return self.value(then if self._condition({"Condition": condition}) else otherwise)

    def _condition(self, node: Any) -> bool:
        if isinstance(node, dict) and set(node) == {"Condition"}:
            try:
                node = self.template["Conditions"][node["Condition"]]
            except KeyError:
                raise UnknownReference(f"the template has no condition {node['Condition']}") from None
        return bool(self.value(node))

    def _find_in_map(self, argument: Any) -> Any:
        name, first, second = (self.value(one) for one in argument[:3])
        try:
            return self.value(self.template["Mappings"][name][first][second])
        except KeyError:
            raise UnknownReference(f"the template has no mapping {name}.{first}.{second}") from None
