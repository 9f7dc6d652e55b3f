"""The design document's network drawing, address by address."""

from __future__ import annotations

from tests.infrastructure.template.resolver import Resolver

ZONE_A, ZONE_C = "ap-northeast-1a", "ap-northeast-1c"
# From the drawing in section 2.3: (address range, zone) -> whether it is public.
DRAWN = {
    ("10.0.1.0/27", ZONE_A): False,
    ("10.0.1.32/27", ZONE_A): True,
    ("10.0.1.64/27", ZONE_C): False,
    ("10.0.1.96/27", ZONE_C): True,
}


def subnets(stack: Resolver) -> dict[tuple[str, str], str]:
    """Return the subnets' logical ids by their range and zone."""
    found = stack.of_type("AWS::EC2::Subnet")
    return {(subnet["CidrBlock"], subnet["AvailabilityZone"]): logical for logical, subnet in found.items()}


def table_of(stack: Resolver, subnet: str) -> str:
    """Return the route table of a subnet."""
    links = stack.of_type("AWS::EC2::SubnetRouteTableAssociation").values()
    (table,) = [link["RouteTableId"] for link in links if link["SubnetId"] == subnet]
    return str(table)


def ways_out(stack: Resolver, subnet: str) -> list[str]:
    """Return the kinds of gateway that a subnet's default route leads to."""
    table = table_of(stack, subnet)
    routes = [route for route in stack.of_type("AWS::EC2::Route").values() if route["RouteTableId"] == table]
    return [
        key for route in routes if route["DestinationCidrBlock"] == "0.0.0.0/0" for key in route if key.endswith("Id")
    ]


def private(stack: Resolver) -> set[str]:
    """Return the logical ids of the private subnets."""
    return {logical for key, logical in subnets(stack).items() if not DRAWN[key]}


def test_the_network_has_its_range(stack: Resolver) -> None:
    """10.0.0.0/16, with DNS, which the gateway endpoints need."""
    (vpc,) = stack.of_type("AWS::EC2::VPC").values()
    assert vpc["CidrBlock"] == "10.0.0.0/16"
    assert vpc["EnableDnsSupport"] is True
    assert vpc["EnableDnsHostnames"] is True


def test_the_subnets_are_exactly_the_four_drawn(stack: Resolver) -> None:
    """Neither another range nor another zone, and none hands out public addresses by itself."""
    assert set(subnets(stack)) == set(DRAWN)
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in stack.of_type("AWS::EC2::Subnet").values())


def test_public_subnets_lead_to_the_internet_and_private_ones_to_nat(stack: Resolver) -> None:
    """By their default routes."""
    for key, logical in subnets(stack).items():
        expected = "GatewayId" if DRAWN[key] else "NatGatewayId"
        assert expected in ways_out(stack, logical), key
        assert len([way for way in ways_out(stack, logical) if way != "RouteTableId"]) == 1, key


def test_nat_gateways_have_the_drawn_addresses_each_in_its_zone(stack: Resolver) -> None:
    """10.0.1.40 in the public subnet of 1a, 10.0.1.100 in that of 1c."""
    places = {logical: key for key, logical in subnets(stack).items()}
    gateways = stack.of_type("AWS::EC2::NatGateway").values()
    assert {(gateway["PrivateIpAddress"], places[gateway["SubnetId"]]) for gateway in gateways} == {
        ("10.0.1.40", ("10.0.1.32/27", ZONE_A)),
        ("10.0.1.100", ("10.0.1.96/27", ZONE_C)),
    }


def test_a_private_subnet_uses_the_nat_gateway_of_its_own_zone(stack: Resolver) -> None:
    """Or the fall of one zone would take the other with it."""
    zones = {logical: zone for (_, zone), logical in subnets(stack).items()}
    gateways = {logical: zones[nat["SubnetId"]] for logical, nat in stack.of_type("AWS::EC2::NatGateway").items()}
    routes = [route for route in stack.of_type("AWS::EC2::Route").values() if "NatGatewayId" in route]
    pairs = {
        (zones[subnet], gateways[route["NatGatewayId"]])
        for subnet in private(stack)
        for route in routes
        if route["RouteTableId"] == table_of(stack, subnet)
    }
    assert pairs == {(ZONE_A, ZONE_A), (ZONE_C, ZONE_C)}


def test_both_gateway_endpoints_serve_the_private_subnets(stack: Resolver) -> None:
    """S3 and DynamoDB, in the private route tables and in no other."""
    endpoints = stack.of_type("AWS::EC2::VPCEndpoint").values()
    assert {endpoint["ServiceName"] for endpoint in endpoints} == {
        "com.amazonaws.ap-northeast-1.s3",
        "com.amazonaws.ap-northeast-1.dynamodb",
    }
    tables = {table_of(stack, subnet) for subnet in private(stack)}
    for endpoint in endpoints:
        assert endpoint["VpcEndpointType"] == "Gateway"
        assert set(endpoint["RouteTableIds"]) == tables


def test_functions_and_database_are_in_the_private_subnets(stack: Resolver) -> None:
    """And only there."""
    (group,) = stack.of_type("AWS::RDS::DBSubnetGroup").values()
    assert set(group["SubnetIds"]) == private(stack)
    placed = [
        function["VpcConfig"] for function in stack.of_type("AWS::Lambda::Function").values() if "VpcConfig" in function
    ]
    assert len(placed) == 4
    assert all(set(place["SubnetIds"]) == private(stack) for place in placed)


def test_without_nat_the_drawing_is_otherwise_the_same(optional_stack: Resolver) -> None:
    """`-c natGateways=0`: no gateway, no address to pay for, no way out of the private subnets."""
    assert optional_stack.of_type("AWS::EC2::NatGateway") == {}
    assert optional_stack.of_type("AWS::EC2::EIP") == {}
    assert set(subnets(optional_stack)) == set(DRAWN)
    assert all(ways_out(optional_stack, subnet) == [] for subnet in private(optional_stack))
    assert len(optional_stack.of_type("AWS::EC2::VPCEndpoint")) == 2


def test_refused_traffic_is_recorded(stack: Resolver) -> None:
    """With closed groups, that is what is worth a look."""
    (log,) = stack.of_type("AWS::EC2::FlowLog").values()
    (vpc,) = stack.of_type("AWS::EC2::VPC")
    assert (log["ResourceId"], log["ResourceType"]) == (vpc, "VPC")
    assert log["TrafficType"] in {"REJECT", "ALL"}
    assert log["DeliverLogsPermissionArn"] == "arn:aws:iam::123456789012:role/NetworkFlowLogsRole"
    assert log["LogGroupName"] == "/aws/vpc/user-log"


def test_everything_is_in_the_one_network(stack: Resolver) -> None:
    """Subnets, route tables, endpoints, security groups; the internet gateway is attached to it."""
    (vpc,) = stack.of_type("AWS::EC2::VPC")
    kinds = ("Subnet", "RouteTable", "VPCEndpoint", "SecurityGroup", "VPCGatewayAttachment")
    assert {each["VpcId"] for kind in kinds for each in stack.of_type(f"AWS::EC2::{kind}").values()} == {vpc}
    (gateway,) = stack.of_type("AWS::EC2::InternetGateway")
    (attachment,) = stack.of_type("AWS::EC2::VPCGatewayAttachment").values()
    assert attachment["InternetGatewayId"] == gateway
    routes = stack.of_type("AWS::EC2::Route").values()
    assert {route["GatewayId"] for route in routes if "GatewayId" in route} == {gateway}


def test_each_nat_gateway_has_a_public_address_of_its_own(stack: Resolver) -> None:
    """As many addresses as gateways: one that is not used costs money, too."""
    gateways = stack.of_type("AWS::EC2::NatGateway").values()
    addresses = {f"<{name}.AllocationId>" for name in stack.of_type("AWS::EC2::EIP")}
    assert {gateway["AllocationId"] for gateway in gateways} == addresses
    assert len(addresses) == 2
