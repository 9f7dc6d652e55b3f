"""The options of a stage, as its file in cdk/stages has them: a model that refuses what cannot be."""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from lambdas.shared.batch_limits import MAX_ROWS_PER_CHILD, most_rows
from userlog.definitions import definition

Python = Literal["3.11", "3.12", "3.13"]
MAX_NAT_GATEWAYS = 2
MAX_ACU = 256.0
MAX_CONCURRENCY = 1000
# AWS's table gives 823 for 4 ACU and 1,669 for 8; 5,000 at most, and 2,000 if the least capacity is 0 or 0.5.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
CONNECTIONS_PER_ACU, MOST_CONNECTIONS, MOST_FROM_HALF_AN_ACU = 200, 5000, 2000
CONNECTIONS_PER_CENT = 80
_PRINCIPAL = r"^arn:aws:iam::[0-9]{12}:(?:root|(?:user|role)/[a-zA-Z0-9_+=,.@/-]+)$"
_CLUSTER = r"^[a-z](?:-?[a-z0-9])*$"
_SNAPSHOT = r"^(?:arn:aws:rds:[a-z0-9-]+:[0-9]{12}:cluster-snapshot:)?(?:rds:)?[a-zA-Z](?:-?[a-zA-Z0-9])*$"
# No blank, and one @ between two parts, the second with a dot.
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"

_Email = Annotated[str, StringConstraints(pattern=_EMAIL, max_length=254)]
_Acu = Annotated[float, Field(ge=0, le=MAX_ACU, multiple_of=0.5)]


class Options(BaseModel):
    """All options; a file gives each of them. A field's description says what it must be, for the refusal.

    Args:
        account: the AWS account: the CLI refuses to deploy into another.
        deletion_protection: whether AWS refuses to delete stack, table and cluster: off for the first deployment, which
            can then be rolled back if it fails, on from the second.
        nat_gateways: 2 as the design document has it; 1; or 0, since nothing in the pipeline needs one.
        reader: whether there is a second instance, in the other zone, which takes over when the writer fails.
        min_acu, max_acu: Aurora's capacity; with 0 it pauses when nobody is connected.
        cluster_identifier: the cluster's name if it is not the usual one: of one that was restored.
        snapshot_identifier: what the cluster was restored from; it stays in the file as long as that cluster lives.
        python: the functions' Python: the design document's is 3.11.
        map_concurrency: how many rows of a file are processed at a time; each takes a connection of Aurora's.
        rows_per_child: how many rows a child execution takes: 1 as the design document has it; a batch costs less.
        max_files: how many files have their rows processed at a time; the others wait, in the order of their uploads.
        reserved_concurrency: for `user-log-processor`; a new account (limit 10) refuses any reservation.
        uploader_principal_arn: the external system's user or role.
        alarm_email: the operators' address: alarms go to it.
        file_email: the senders' address: it is told what became of each file.
        operator_policy: whether the stack has a policy for operators: `look`, or `act` (redrive, stop and upload, too).
        upload_expected_by: HH:MM in Japan; an alarm if no file has come in the 24 hours before. None: no alarm.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)

    account: Annotated[str, Field(pattern=r"^[0-9]{12}$", description="the twelve digits of an AWS account, as text")]
    deletion_protection: Annotated[bool, Field(description="true or false")]
    nat_gateways: Annotated[int, Field(ge=0, le=MAX_NAT_GATEWAYS, description="0, 1 or 2")]
    reader: Annotated[bool, Field(description="true or false")]
    min_acu: Annotated[_Acu, Field(description="a number from 0 to 256 in steps of 0.5")]
    max_acu: Annotated[_Acu, Field(ge=1, description="a number from 1 to 256 in steps of 0.5")]
    cluster_identifier: Annotated[
        Annotated[str, StringConstraints(pattern=_CLUSTER, max_length=56)] | None,
        Field(description="null, or a name like user-log-restored: a-z, 0-9 and single hyphens, at most 56 characters"),
    ]
    snapshot_identifier: Annotated[
        Annotated[str, StringConstraints(pattern=_SNAPSHOT, max_length=255)] | None,
        Field(description="null, or the name or the ARN of a cluster's snapshot"),
    ]
    python: Annotated[Python, Field(description=" or ".join(f'"{version}"' for version in get_args(Python)))]
    map_concurrency: Annotated[
        int, Field(ge=1, le=MAX_CONCURRENCY, description=f"a whole number from 1 to {MAX_CONCURRENCY}")
    ]
    rows_per_child: Annotated[
        int, Field(ge=1, le=MAX_ROWS_PER_CHILD, description=f"a whole number from 1 to {MAX_ROWS_PER_CHILD}")
    ]
    max_files: Annotated[
        int, Field(ge=1, le=MAX_CONCURRENCY, description=f"a whole number from 1 to {MAX_CONCURRENCY}")
    ]
    reserved_concurrency: Annotated[
        Annotated[int, Field(ge=1, le=MAX_CONCURRENCY)] | None,
        Field(description=f"null, or a whole number from 1 to {MAX_CONCURRENCY}"),
    ]
    uploader_principal_arn: Annotated[
        Annotated[str, StringConstraints(pattern=_PRINCIPAL)] | None,
        Field(description="null, or a user or role like arn:aws:iam::123456789012:role/uploader"),
    ]
    alarm_email: Annotated[_Email | None, Field(description="null, or an email address")]
    file_email: Annotated[_Email | None, Field(description="null, or an email address")]
    operator_policy: Annotated[Literal["look", "act"] | None, Field(description='null, "look" or "act"')]
    upload_expected_by: Annotated[
        Annotated[str, StringConstraints(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")] | None,
        Field(description='null, or a time in Japan like "09:30"'),
    ]

    @property
    def most_rows(self) -> int:
        """How many rows a file may have: MAX_ROWS of the validator."""
        return most_rows(self.map_concurrency, self.rows_per_child)

    @property
    def connection_limit(self) -> int:
        """How many connections Aurora takes, about: max_connections follows the greatest capacity."""
        most = MOST_FROM_HALF_AN_ACU if self.min_acu <= 0.5 else MOST_CONNECTIONS  # noqa: PLR2004 - in ACU, see above
        return min(int(CONNECTIONS_PER_ACU * self.max_acu), most)

    @property
    def many_connections(self) -> int:
        """How many of them are too many: the alarm's threshold, which the files together must not reach."""
        return self.connection_limit * CONNECTIONS_PER_CENT // 100

    @property
    def rows_at_once(self) -> int:
        """How many rows of all files are processed at a time."""
        return self.map_concurrency * self.max_files

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.min_acu > self.max_acu:
            raise ValueError(f'"minAcu" is {self.min_acu:g}, more than "maxAcu", {self.max_acu:g}. Lower the first.')
        if self.rows_at_once >= self.many_connections:
            raise ValueError(
                f'"mapConcurrency" is {self.map_concurrency} and "maxFiles" is {self.max_files}: '
                f"{self.rows_at_once} rows at a time would take as many connections, and from "
                f"{self.many_connections} on the alarm AuroraConnections goes off (Aurora allows about "
                f'{self.connection_limit} with {self.max_acu:g} ACU). Lower one of them, or raise "maxAcu".'
            )
        if self.reserved_concurrency is not None and self.reserved_concurrency < self.rows_at_once:
            raise ValueError(
                f'"reservedConcurrency" is {self.reserved_concurrency}, less than "mapConcurrency" times "maxFiles", '
                f"{self.rows_at_once}: rows would be throttled. Raise it, or lower the others."
            )
        usual: str = definition("resources.json")["names"]["DatabaseCluster"]
        taken = {None, *(f"{usual}{suffix}" for suffix in definition("resources.json")["stageSuffix"].values())}
        if self.snapshot_identifier and self.cluster_identifier in taken:
            raise ValueError(
                '"snapshotIdentifier" needs "clusterIdentifier", a name that no cluster has yet, such as '
                f"{usual}-restored: the old cluster keeps its own until you delete it."
            )
        return self
