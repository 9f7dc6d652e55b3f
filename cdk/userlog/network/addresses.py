"""The addresses of the design document's network drawing: fixed, where CDK would hand them out in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsii
from aws_cdk import aws_ec2 as ec2

from userlog.stage import AVAILABILITY_ZONES

if TYPE_CHECKING:
    from collections.abc import Sequence

PRIVATE, PUBLIC = "private", "public"
VPC_CIDR = "10.0.0.0/16"
ZONE_A, ZONE_C = AVAILABILITY_ZONES
SUBNET_CIDRS = {
    (PRIVATE, ZONE_A): "10.0.1.0/27",
    (PUBLIC, ZONE_A): "10.0.1.32/27",
    (PRIVATE, ZONE_C): "10.0.1.64/27",
    (PUBLIC, ZONE_C): "10.0.1.96/27",
}
NAT_ADDRESSES = {ZONE_A: "10.0.1.40", ZONE_C: "10.0.1.100"}


@jsii.implements(ec2.IIpAddresses)
class DrawnAddresses:
    """Gives each subnet, by its group and zone, what the drawing says; KeyError for one that is not in it."""

    def allocate_vpc_cidr(self) -> ec2.VpcIpamOptions:
        """Return the network's own range."""
        return ec2.VpcIpamOptions(cidr_block=VPC_CIDR)

    def allocate_subnets_cidr(
        self,
        *,
        requested_subnets: Sequence[ec2.RequestedSubnet | dict[str, Any]],
        vpc_cidr: str,  # noqa: ARG002 - CDK's signature
    ) -> ec2.SubnetIpamOptions:
        """Return the subnets' ranges, in the order asked for."""
        return ec2.SubnetIpamOptions(
            allocated_subnets=[ec2.AllocatedSubnet(cidr=_cidr(subnet)) for subnet in requested_subnets]
        )


def _cidr(subnet: ec2.RequestedSubnet | dict[str, Any]) -> str:
    """Return a subnet's range; jsii may hand a struct over as a dictionary."""
    if isinstance(subnet, dict):
        subnet = ec2.RequestedSubnet(**subnet)
    return SUBNET_CIDRS[subnet.configuration.name, subnet.availability_zone]
