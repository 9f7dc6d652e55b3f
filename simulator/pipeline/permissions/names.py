"""The template's names of what the local cloud names differently."""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.iam.template.deployment import Deployment
from simulator.aws.iam.template.resolver import Resolver, UnknownReference
from simulator.pipeline.errors import CloudError
from simulator.pipeline.provisioning import DEFINITIONS, read_definition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.pipeline.permissions.synthesis import Template

_NAMED = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::Rule": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}


def deployment_of(template: Template) -> Deployment:
    """Return the roles and policies of a template, to be asked for by the names of the local cloud.

    Raises:
        CloudError: the template cannot be understood.
    """
    try:
        names = template_names(template.document)
        return Deployment(template.document, region=REGION, account=ACCOUNT, names=names)
    except UnknownReference as error:
        raise CloudError(f"{template.source} cannot be read: {error}.") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise CloudError(
            f"{template.source} has a policy that cannot be read: {type(error).__name__}: {error}. "
            "Is it a template that `cdk synth` has written?"
        ) from error


def template_names(document: Mapping[str, Any]) -> dict[str, str]:
    """Return local name -> the template's name, where they differ: of another stage, and of buckets.

    The local cloud has the names of `resources.json` in the stage prod, and buckets end in the account.
    """
    resolver = Resolver(document, region=REGION, account=ACCOUNT)
    given = json.loads(read_definition("resources.json", {}, DEFINITIONS))
    known = {
        str(one[attribute])
        for kind, attribute in _NAMED.items()
        for one in resolver.of_type(kind).values()
        if attribute in one
    }
    buckets = [str(one.get("BucketName")) for one in resolver.of_type("AWS::S3::Bucket").values()]
    found: dict[str, str] = {}
    for suffix in given["stageSuffix"].values():
        for name in given["names"].values():
            if suffix and f"{name}{suffix}" in known:
                found[name] = f"{name}{suffix}"
            bucket = next((one for one in buckets if one.startswith(f"{name}{suffix}-{ACCOUNT}")), None)
            if bucket is not None:
                found[f"{name}-{ACCOUNT}"] = bucket
    return {local: deployed for local, deployed in found.items() if local != deployed}


@dataclass(frozen=True, slots=True)
class EnforcedTemplate:
    """The policies that decide what functions and state machines may do.

    Args:
        deployment: they, for this process.
        file: the template, for moto's process.
        names: local name -> the template's name.
    """

    deployment: Deployment
    file: Path
    names: dict[str, str]


@contextmanager
def enforced_template(template: Template) -> Iterator[EnforcedTemplate]:
    """Give a template as a session takes it; its file lasts as long as the context.

    Raises:
        CloudError: the template cannot be understood.
    """
    with tempfile.TemporaryDirectory(prefix="simulator-iam-") as folder:
        file = Path(folder) / "template.json"
        file.write_text(json.dumps(template.document), encoding="utf-8")
        yield EnforcedTemplate(deployment_of(template), file, template_names(template.document))
