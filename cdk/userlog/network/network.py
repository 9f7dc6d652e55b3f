"""The network of the design document: two private and two public subnets, endpoints, security groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from userlog.network.addresses import NAT_ADDRESSES, PRIVATE, PUBLIC, DrawnAddresses
from userlog.network.flow_log import flow_log
from userlog.network.paths import open_paths
from userlog.stage import AVAILABILITY_ZONES

if TYPE_CHECKING:
    from userlog.stage import Stage

SUBNET_MASK = 27


class Network(Construct):
    """VPC, gateway endpoints, security groups.

    The endpoints allow nothing until `Functions` says what: each statement names its role, action and resource.

    Attributes:
        vpc: the VPC.
        private_subnets: the subnets of the functions and the cluster.
        functions_security_group: out to Aurora, S3 and DynamoDB, and nowhere else; nothing in.
        database_security_group: in from the functions on 5432; nothing out.
        s3_endpoint, dynamodb_endpoint: the gateway endpoints.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self.vpc = self._vpc(stage)
        self.private_subnets = ec2.SubnetSelection(subnet_group_name=PRIVATE)
        flow_log(self, stage, self.vpc)
        self.s3_endpoint = self._endpoint("S3Endpoint", ec2.GatewayVpcEndpointAwsService.S3)
        self.dynamodb_endpoint = self._endpoint("DynamoDbEndpoint", ec2.GatewayVpcEndpointAwsService.DYNAMODB)
        self.functions_security_group = self._security_group(
            "FunctionsSecurityGroup", stage.name_of("FunctionsSecurityGroup"), "Functions: out to Aurora, S3, DynamoDB"
        )
        self.database_security_group = self._security_group(
            "DatabaseSecurityGroup", stage.name_of("DatabaseSecurityGroup"), "Aurora: in from the functions only"
        )
        open_paths(self, self.vpc, functions=self.functions_security_group, database=self.database_security_group)

    def _vpc(self, stage: Stage) -> ec2.Vpc:
        private_type = (
            ec2.SubnetType.PRIVATE_WITH_EGRESS if stage.options.nat_gateways else ec2.SubnetType.PRIVATE_ISOLATED
        )
        vpc = ec2.Vpc(
            self,
            "Vpc",
            vpc_name=stage.name_of("Vpc"),
            ip_addresses=DrawnAddresses(),
            availability_zones=list(AVAILABILITY_ZONES),
            nat_gateways=stage.options.nat_gateways,
            restrict_default_security_group=True,
            subnet_configuration=[
                ec2.SubnetConfiguration(name=PRIVATE, subnet_type=private_type, cidr_mask=SUBNET_MASK),
                ec2.SubnetConfiguration(
                    name=PUBLIC,
                    subnet_type=ec2.SubnetType.PUBLIC,
                    cidr_mask=SUBNET_MASK,
                    map_public_ip_on_launch=False,
                ),
            ],
        )
        for subnet in vpc.public_subnets[: stage.options.nat_gateways]:
            gateway = subnet.node.find_child("NATGateway")
            if not isinstance(gateway, ec2.CfnNatGateway):
                raise TypeError("CDK no longer names a subnet's NAT gateway as this code expects")
            gateway.private_ip_address = NAT_ADDRESSES[subnet.availability_zone]
        return vpc

    def _endpoint(self, construct_id: str, service: ec2.GatewayVpcEndpointAwsService) -> ec2.GatewayVpcEndpoint:
        return self.vpc.add_gateway_endpoint(construct_id, service=service, subnets=[self.private_subnets])

    def _security_group(self, construct_id: str, name: str, description: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self,
            construct_id,
            vpc=self.vpc,
            security_group_name=name,
            description=description,
            allow_all_outbound=False,
        )
