"""Writes one user's totals and their audit trail."""
