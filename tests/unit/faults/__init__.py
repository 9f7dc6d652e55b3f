"""Faults on demand, without a server."""
