"""Tests of the synthesized CloudFormation template."""
