"""Tests of `simulator.fetch`, without a server."""
