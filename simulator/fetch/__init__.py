"""Brings runs of a deployed stack into run folders, by read-only calls with the operator's own credentials."""
