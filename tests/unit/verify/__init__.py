"""Verification of runs, without servers."""
