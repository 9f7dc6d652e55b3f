"""Distributed Map: from a dataset to child executions and result files."""
