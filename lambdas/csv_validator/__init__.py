"""Checks an uploaded CSV."""
