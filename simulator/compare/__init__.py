"""Compares two runs, or a run with what AWS recorded of the same file."""
