"""Execution environments, as Lambda runs them."""
