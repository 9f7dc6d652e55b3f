"""Tests of alarms, topics and the dashboard."""
