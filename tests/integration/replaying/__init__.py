"""Replays against a real PostgreSQL."""
