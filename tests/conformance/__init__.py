"""Scoring the interpreter against executions recorded from AWS."""
