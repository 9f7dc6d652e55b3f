"""The VPC: subnets and their addresses, endpoints, security groups, the flow log."""
