"""The roles and policies of a template: who is which role, and what bears on a call."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.iam.evaluation import Decision, Policies, evaluate
from simulator.aws.iam.policy import Principal, Request, Statement, statements
from simulator.aws.iam.template.managed import managed_policy
from simulator.aws.iam.template.resolver import Resolver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_HASH = re.compile(r"[0-9A-F]{8}$")
_FUNCTION_ARN = re.compile(
    r"arn:aws:lambda:[a-z0-9-]+:\d{12}:function:(?P<name>[A-Za-z0-9_-]+)(:(?P<alias>[A-Za-z0-9_$-]+))?"
)
_SESSION: Final = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A principal as it asks.

    Args:
        principal: the role or the service.
        role: the role's logical id; blank for a service.
        in_network: whether its requests pass through the VPC's endpoints.
        context: condition keys that all its requests have.
    """

    principal: Principal
    role: str = ""
    in_network: bool = False
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the role's name for people, or the service's."""
        return readable(self.role) if self.role else self.principal.arn


def readable(logical_id: str) -> str:
    """Return a logical id without the hash that CDK appends."""
    return _HASH.sub("", logical_id)


class Deployment:
    """What a template says of permissions.

    Args:
        template: a synthesized template.
        region, account: where it is deployed.
        names: names in the local cloud -> names in the template, where they differ.

    Attributes:
        resolver: the template, with its references resolved.
        all: every statement of every policy.
        unknown_managed: policies that AWS manages and whose text is not known here, with who has them.
        of_nobody: the managed policies that the template attaches to no role, by their names for people.
        deploying: the roles that act only while the stack is deployed, by their names for people.
        deploying_arns: the same roles by their ARNs.

    Raises:
        UnknownReference: the template refers to something that it does not have.
        UnknownOperator: see conditions.
    """

    def __init__(
        self, template: Mapping[str, Any], *, region: str, account: str, names: Mapping[str, str] | None = None
    ) -> None:
        self.resolver = Resolver(template, region=region, account=account)
        self._names = names or {}
        self._role_ids = {self.resolver.arn(one): one for one in self.resolver.of_type("AWS::IAM::Role")}
        self._identity: dict[str, list[Statement]] = {one: [] for one in self._role_ids.values()}
        self._boundary: dict[str, list[Statement]] = {}
        self._resource: dict[str, list[Statement]] = {}
        self._endpoints: dict[str, list[Statement]] = {}
        self.unknown_managed: list[str] = []
        self.of_nobody: set[str] = set()
        self._read_roles()
        self._read_resource_policies()
        deploying = set(self._deploying())
        self.deploying = {readable(role) for role in deploying}
        self.deploying_arns = {self.resolver.arn(role) for role in deploying}
        self.all: list[Statement] = [
            one
            for group in (self._identity, self._boundary, self._resource, self._endpoints)
            for those in group.values()
            for one in those
        ]

    # Who asks.

    def role(self, arn: str, *, session: str = _SESSION, in_network: bool = False, **context: str) -> Asker | None:
        """Return a role of the template as it asks; None if the template has no such role."""
        role = self._role_ids.get(arn)
        if role is None:
            return None
        account = self.resolver.account
        taken = f"arn:aws:sts::{account}:assumed-role/{arn.rpartition('/')[2]}/{session}"
        return Asker(
            principal=Principal(arn=arn, account=account, session_arn=taken),
            role=role,
            in_network=in_network,
            context=context,
        )

    def service(self, name: str, **context: str) -> Asker:
        """Return a service of AWS as it asks, such as `events.amazonaws.com`."""
        return Asker(principal=Principal(arn=name), context=context)

    def askers(self, caller: str, resource: str) -> list[Asker]:
        """Return who it is on AWS that a caller of the local cloud stands for.

        Args:
            caller: see Call.
            resource: what it asks for, by the template's names: EventBridge takes a role of the rule's target.
        """
        kind, _, name = caller.partition(".")
        name = self.translated(name)
        found: list[Asker | None] = []
        if kind == "lambda":
            for properties in self._named("AWS::Lambda::Function", "FunctionName", name):
                arn = f"arn:aws:lambda:{self.resolver.region}:{self.resolver.account}:function:{name}"
                found.append(self.function(properties, name, arn))
        elif kind == "states":
            found += [
                self.role(properties["RoleArn"])
                for properties in self._named("AWS::StepFunctions::StateMachine", "StateMachineName", name)
            ]
        else:
            found += self.rule_askers(resource)
        return [one for one in found if one is not None]

    def function(self, properties: Mapping[str, Any], name: str, arn: str) -> Asker | None:
        """Return the role of a function as the function's code asks."""
        return self.role(
            properties["Role"],
            session=name,
            in_network="VpcConfig" in properties,
            **{"lambda:sourcefunctionarn": arn},
        )

    def rule_askers(self, resource: str) -> list[Asker | None]:
        """Return who asks for a rule's target: its role, or EventBridge for the rule."""
        found: list[Asker | None] = []
        for logical_id, rule in self.resolver.of_type("AWS::Events::Rule").items():
            source = {"aws:sourcearn": self.resolver.arn(logical_id), "aws:sourceaccount": self.resolver.account}
            for target in rule.get("Targets", []):
                if target["Arn"] == resource:
                    arn = target.get("RoleArn")
                    found.append(self.role(arn) if arn else self.service("events.amazonaws.com", **source))
        return found

    def _named(self, kind: str, attribute: str, name: str) -> list[dict[str, Any]]:
        return [one for one in self.resolver.of_type(kind).values() if one.get(attribute) == name]

    # What it is called there.

    def translated(self, text: str) -> str:
        """Return a name or an ARN of the local cloud as the template has it."""
        return "".join(self._names.get(part, part) for part in re.split(r"([:/])", text))

    def qualified(self, arn: str, caller: str) -> str:
        """Return a function's ARN with the alias by which a state machine or a rule of the template calls it."""
        kind, _, name = caller.partition(".")
        callers = (
            self._named("AWS::StepFunctions::StateMachine", "StateMachineName", self.translated(name))
            if kind == "states"
            else list(self.resolver.of_type("AWS::Events::Rule").values())
        )
        wanted = _FUNCTION_ARN.fullmatch(arn)
        if wanted is None or wanted["alias"]:
            return arn
        text = json.dumps(callers)
        return next((one.group() for one in _FUNCTION_ARN.finditer(text) if one["name"] == wanted["name"]), arn)

    # What is allowed.

    def decide(self, asker: Asker, action: str, resource: str, context: Mapping[str, str] | None = None) -> Decision:
        """Decide on a call, by the template's names, as AWS would."""
        principal = asker.principal
        given = {
            "aws:securetransport": "true",
            "s3:tlsversion": "1.3",
            "aws:requestedregion": self.resolver.region,
            **asker.context,
            **(context or {}),
        }
        if principal.is_service:
            given["aws:principalisawsservice"] = "true"
            given["aws:principalservicename"] = principal.arn
        else:
            given["aws:principalarn"] = principal.arn
            given["aws:principalaccount"] = principal.account
            given["aws:principaltype"] = "AssumedRole"
        service = action.partition(":")[0]
        request = Request(
            principal=principal,
            action=action,
            resource=resource,
            context={key.lower(): (value,) for key, value in given.items()},
            account=self.resolver.account,
        )
        return evaluate(
            request,
            Policies(
                identity=self._identity.get(asker.role, ()),
                boundary=self._boundary.get(asker.role),
                resource=self._policy_of(resource),
                endpoint=self._endpoints.get(service) if asker.in_network else None,
            ),
        )

    def _policy_of(self, resource: str) -> Sequence[Statement]:
        found = self._resource.get(resource)
        if found is None and resource.startswith("arn:aws:s3:::"):
            found = self._resource.get(resource.partition("/")[0])
        return found or ()

    # Reading.

    def _read_roles(self) -> None:
        for logical_id, role in self.resolver.of_type("AWS::IAM::Role").items():
            mine = self._identity[logical_id]
            for policy in role.get("Policies", []):
                mine += statements(logical_id, policy["PolicyDocument"])
            for arn in role.get("ManagedPolicyArns", []):
                self._attach(logical_id, arn)
            if "PermissionsBoundary" in role:
                self._boundary[logical_id] = self._document(f"boundary of {logical_id}", role["PermissionsBoundary"])
            trust = statements(f"trust of {logical_id}", role["AssumeRolePolicyDocument"])
            self._resource[self.resolver.arn(logical_id)] = trust
        for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
            for logical_id, policy in self.resolver.of_type(kind).items():
                roles = policy.get("Roles") or ([policy["RoleName"]] if "RoleName" in policy else [])
                for role in roles:
                    owner = self._role_named(role)
                    if owner is not None:
                        self._identity[owner] += statements(owner, policy["PolicyDocument"])
                if not roles and kind == "AWS::IAM::ManagedPolicy":
                    self._identity[logical_id] = statements(logical_id, policy["PolicyDocument"])
                    self.of_nobody.add(readable(logical_id))

    def _deploying(self) -> Iterator[str]:
        """Return the roles of the functions behind custom resources."""
        tokens = {
            self.resolver.value(resource["Properties"]["ServiceToken"])
            for resource in self.resolver.resources.values()
            if "ServiceToken" in resource.get("Properties", {})
        }
        for logical_id, function in self.resolver.of_type("AWS::Lambda::Function").items():
            role = self._role_ids.get(function["Role"])
            if self.resolver.arn(logical_id) in tokens and role is not None:
                yield role

    def _role_named(self, name: str) -> str | None:
        return next((one for one in self._role_ids.values() if self.resolver.name(one) == name), None)

    def _attach(self, role: str, arn: str) -> None:
        own = self._own_managed(arn)
        if own is not None:
            self._identity[role] += statements(role, own)
            return
        document = managed_policy(arn)
        if document is None:
            self.unknown_managed.append(f"{readable(role)}: {arn}")
            return
        self._identity[role] += statements(role, document)

    def _own_managed(self, arn: str) -> Mapping[str, Any] | None:
        """Return the document of a managed policy of the template that is attached by its ARN."""
        for logical_id, policy in self.resolver.of_type("AWS::IAM::ManagedPolicy").items():
            if self.resolver.arn(logical_id) == arn:
                document: Mapping[str, Any] = policy["PolicyDocument"]
                return document
        return None

    def _document(self, owner: str, arn: str) -> list[Statement]:
        document = self._own_managed(arn) or managed_policy(arn)
        if document is None:
            self.unknown_managed.append(f"{readable(owner)}: {arn}")
            return []
        return statements(owner, document)

    def _read_resource_policies(self) -> None:
        resolver = self.resolver
        for logical_id, policy in resolver.of_type("AWS::S3::BucketPolicy").items():
            self._put(f"arn:aws:s3:::{policy['Bucket']}", logical_id, policy["PolicyDocument"])
        for logical_id, policy in resolver.of_type("AWS::SQS::QueuePolicy").items():
            for url in policy["Queues"]:
                queue = f"arn:aws:sqs:{resolver.region}:{resolver.account}:{url.rpartition('/')[2]}"
                self._put(queue, logical_id, policy["PolicyDocument"])
        for logical_id, policy in resolver.of_type("AWS::SNS::TopicPolicy").items():
            for topic in policy["Topics"]:
                self._put(topic, logical_id, policy["PolicyDocument"])
        self._read_own_policies()

    def _read_own_policies(self) -> None:
        """Read what stands in the resource itself, and the permissions of functions."""
        resolver = self.resolver
        for logical_id, key in resolver.of_type("AWS::KMS::Key").items():
            self._put(resolver.arn(logical_id), logical_id, key["KeyPolicy"])
        for logical_id, table in resolver.of_type("AWS::DynamoDB::Table").items():
            if "ResourcePolicy" in table:
                self._put(resolver.arn(logical_id), logical_id, table["ResourcePolicy"]["PolicyDocument"])
        for logical_id, permission in resolver.of_type("AWS::Lambda::Permission").items():
            self._put(self._function_arn(permission["FunctionName"]), logical_id, self._permission(permission))
        for logical_id, endpoint in resolver.of_type("AWS::EC2::VPCEndpoint").items():
            if "PolicyDocument" in endpoint:
                service = endpoint["ServiceName"].rpartition(".")[2]
                self._endpoints.setdefault(service, []).extend(statements(logical_id, endpoint["PolicyDocument"]))

    def _put(self, arn: str, owner: str, document: Mapping[str, Any]) -> None:
        self._resource.setdefault(arn, []).extend(statements(owner, document))

    def _function_arn(self, name: str) -> str:
        if name.startswith("arn:"):
            return name
        return f"arn:aws:lambda:{self.resolver.region}:{self.resolver.account}:function:{name}"

    def _permission(self, permission: Mapping[str, Any]) -> dict[str, Any]:
        """Return the statement that Lambda makes of a permission (AddPermission)."""
        who = permission["Principal"]
        conditions: dict[str, dict[str, str]] = {}
        if "SourceArn" in permission:
            conditions["ArnLike"] = {"AWS:SourceArn": permission["SourceArn"]}
        if "SourceAccount" in permission:
            conditions["StringEquals"] = {"AWS:SourceAccount": permission["SourceAccount"]}
        statement = {
            "Effect": "Allow",
            "Action": permission["Action"],
            "Resource": self._function_arn(permission["FunctionName"]),
            "Principal": {"Service" if who.endswith(".amazonaws.com") else "AWS": who},
            "Condition": conditions,
        }
        return {"Statement": [statement]}
