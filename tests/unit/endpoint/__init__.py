"""The endpoint's parts, without a server."""
