"""The network of the design document's drawing: two private and two public subnets, endpoints, security groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from userlog.addresses import NAT_ADDRESSES, PRIVATE, PUBLIC, DrawnAddresses
from userlog.aws_call import aws_call, sdk_call
from userlog.stage import AVAILABILITY_ZONES, REGION

if TYPE_CHECKING:
    from userlog.stage import Stage

POSTGRESQL_PORT = 5432
HTTPS_PORT = 443
SUBNET_MASK = 27


class Network(Construct):
    """VPC, gateway endpoints, security groups.

    The endpoints allow nothing until `Functions` says what: each statement names its role, action and resource.

    Attributes:
        vpc: the VPC.
        private_subnets: where the functions and the cluster are.
        functions_security_group: out to Aurora, S3 and DynamoDB, and nowhere else; nothing in.
        database_security_group: in from the functions on 5432; nothing out.
        s3_endpoint, dynamodb_endpoint: the gateway endpoints.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self.vpc = self._vpc(stage)
        self.private_subnets = ec2.SubnetSelection(subnet_group_name=PRIVATE)
        self._flow_log(stage)
        self.s3_endpoint = self._endpoint("S3Endpoint", ec2.GatewayVpcEndpointAwsService.S3)
        self.dynamodb_endpoint = self._endpoint("DynamoDbEndpoint", ec2.GatewayVpcEndpointAwsService.DYNAMODB)
        self.functions_security_group = self._security_group(
            "FunctionsSecurityGroup", stage.suffixed("user-log-functions"), "Functions: out to Aurora, S3, DynamoDB"
        )
        self.database_security_group = self._security_group(
            "DatabaseSecurityGroup", stage.suffixed("user-log-database"), "Aurora: in from the functions only"
        )
        self._open_paths()

    def _vpc(self, stage: Stage) -> ec2.Vpc:
        private_type = ec2.SubnetType.PRIVATE_WITH_EGRESS if stage.nat_gateways else ec2.SubnetType.PRIVATE_ISOLATED
        vpc = ec2.Vpc(
            self,
            "Vpc",
            vpc_name=stage.suffixed("user-log"),
            ip_addresses=DrawnAddresses(),
            availability_zones=list(AVAILABILITY_ZONES),
            nat_gateways=stage.nat_gateways,
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
        for subnet in vpc.public_subnets[: stage.nat_gateways]:
            gateway = subnet.node.find_child("NATGateway")
            if not isinstance(gateway, ec2.CfnNatGateway):
                raise TypeError("CDK names a subnet's NAT gateway otherwise than it did")
            gateway.private_ip_address = NAT_ADDRESSES[subnet.availability_zone]
        return vpc

    def _flow_log(self, stage: Stage) -> None:
        """Record what was refused: with closed groups, that is what is worth a look."""
        group = logs.LogGroup(
            self,
            "FlowLogs",
            log_group_name=f"/aws/vpc/{stage.suffixed('user-log')}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        role = iam.Role(
            self,
            "FlowLogsRole",
            assumed_by=iam.ServicePrincipal(
                "vpc-flow-logs.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
            inline_policies={
                "WriteLogs": iam.PolicyDocument(
                    statements=[
                        iam.PolicyStatement(
                            actions=["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                            resources=[group.log_group_arn],
                        )
                    ]
                )
            },
        )
        ec2.CfnFlowLog(
            self,
            "FlowLog",
            resource_id=self.vpc.vpc_id,
            resource_type="VPC",
            traffic_type="REJECT",
            log_destination_type="cloud-watch-logs",
            log_group_name=group.log_group_name,
            deliver_logs_permission_arn=role.role_arn,
        )

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

    def _open_paths(self) -> None:
        functions, database = self.functions_security_group, self.database_security_group
        postgresql = ec2.Port.tcp(POSTGRESQL_PORT)
        functions.add_egress_rule(database, postgresql, "PostgreSQL")
        database.add_ingress_rule(functions, postgresql, "PostgreSQL, from the functions")
        # Inside the group itself: where its own list is empty, EC2 adds a rule that lets everything out. CDK would make
        # each of these a resource beside the group.
        group = functions.node.default_child
        if not isinstance(group, ec2.CfnSecurityGroup):
            raise TypeError("CDK makes a security group otherwise than it did")
        group.security_group_egress = [
            ec2.CfnSecurityGroup.EgressProperty(
                ip_protocol="tcp",
                from_port=HTTPS_PORT,
                to_port=HTTPS_PORT,
                destination_prefix_list_id=self._prefix_list(name),
                description=f"{name}, by its gateway endpoint",
            )
            for name in ("s3", "dynamodb")
        ]

    def _prefix_list(self, service: str) -> str:
        """Return the id of AWS's list of a service's addresses; only AWS knows it, so it is asked at deploy."""
        call = sdk_call(
            "EC2",
            "DescribeManagedPrefixLists",
            f"{service}-prefix-list",
            {"Filters": [{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{REGION}.{service}"]}]},
            "PrefixLists.0.PrefixListId",
        )
        # ec2:Describe* takes no resource.
        statement = iam.PolicyStatement(actions=["ec2:DescribeManagedPrefixLists"], resources=["*"])
        resource = aws_call(self, f"{service.capitalize()}PrefixList", call=call, statements=[statement])
        return resource.get_response_field("PrefixLists.0.PrefixListId")
