"""One deployment: its stage, the options of the stage's file, and what follows from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

from userlog.definitions import definition
from userlog.stage_file import STAGES, StageError, option_names, read_options

if TYPE_CHECKING:
    from pathlib import Path

    from constructs import Node

    from userlog.options import Options

StageName = Literal["dev", "prod"]
REGION = "ap-northeast-1"
AVAILABILITY_ZONES = (f"{REGION}a", f"{REGION}c")
# CDK's own context keys have a colon, a slash or a hyphen in them; what a person types with `-c` is one word.
_TYPED = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One deployment of the system.

    Args:
        name: `prod` has the design document's names and keeps its data; `dev` has `-dev` after each name (both can
            share an account), and leaves nothing behind when it is destroyed.
        options: what its file says.
    """

    name: StageName
    options: Options

    @classmethod
    def from_context(cls, node: Node, folder: Path = STAGES) -> Stage:
        """Read `-c stage=`, and the file of that stage.

        Raises:
            StageError: no stage is given, or one that does not exist; anything else is given with `-c`; the file is
                wrong.
        """
        stages = " and ".join(get_args(StageName))
        _refuse_others(node)
        given: Any = node.try_get_context("stage")
        name = "" if given is None else str(given).strip()
        if not name:
            raise StageError("No stage is given. Add -c stage=dev or -c stage=prod.")
        if name not in get_args(StageName):
            raise StageError(f"-c stage={name}: there is no such stage. The stages are {stages}.")
        return cls(name=cast("StageName", name), options=read_options(folder / f"{name}.json"))

    @property
    def keeps_data(self) -> bool:
        """Whether what holds data stays when the stack goes."""
        return self.name == "prod"

    @property
    def removal_policy(self) -> RemovalPolicy:
        """Whether a bucket, a table or a key is kept when it leaves the stack.

        Kept, but not if the very deployment that made it fails: it would hold a name, empty, and the next deployment
        would fail on it.
        """
        return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if self.keeps_data else RemovalPolicy.DESTROY

    @property
    def log_retention(self) -> RetentionDays:
        """How long logs are kept: in prod as long as the audit trail."""
        return RetentionDays.SIX_MONTHS if self.keeps_data else RetentionDays.TWO_WEEKS

    @property
    def cluster_identifier(self) -> str:
        """The database cluster's name: the usual one, or that of the restored cluster."""
        return self.options.cluster_identifier or self.name_of("DatabaseCluster")

    def suffixed(self, name: str) -> str:
        """Return a resource's name in this stage: the design document's own in prod, with `-dev` in dev."""
        return f"{name}{definition('resources.json')['stageSuffix'][self.name]}"

    def alarm_name(self, rule: str) -> str:
        """Return the name in this stage of the alarm that an AlarmRule describes."""
        return f"{self.name_of('Alarms')}-{rule}"

    def name_of(self, resource: str) -> str:
        """Return the name in this stage of a resource of resources.json, such as `InputBucket`.

        Raises:
            KeyError: resources.json has no such resource.
        """
        return self.suffixed(definition("resources.json")["names"][resource])


def _refuse_others(node: Node) -> None:
    """Refuse whatever else is given with `-c`: it would be without effect."""
    context: dict[str, Any] = node.get_all_context()
    for key, value in sorted(context.items()):
        if key == "stage" or not _TYPED.fullmatch(key):
            continue
        if key in option_names():
            raise StageError(
                f"-c {key}={value}: options are no longer given on the command line. Write "
                f'"{key}" into cdk/stages/<stage>.json, and give only -c stage=dev or -c stage=prod.'
            )
        raise StageError(f"-c {key}={value}: only -c stage=dev or -c stage=prod is understood.")
