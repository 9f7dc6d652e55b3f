"""A CloudFormation template, read as AWS would read it: names, roles, policies, and what its resources need."""
