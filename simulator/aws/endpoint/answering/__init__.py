"""Answers that the endpoint gives by itself."""
