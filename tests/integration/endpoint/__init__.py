"""The endpoint as AWS clients see it."""
