"""Tests of simulator/cloud that need no server."""
