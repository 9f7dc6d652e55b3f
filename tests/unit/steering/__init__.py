"""Steering a run from another process."""
