"""Tests of the Step Functions service."""
