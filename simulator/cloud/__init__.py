"""Starts, provisions and stops the local cloud."""
