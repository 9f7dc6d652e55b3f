"""Faults against the real servers."""
