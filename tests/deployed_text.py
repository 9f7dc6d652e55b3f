"""The workflow's text as the local cloud runs it, for tests that make a run's folder without running it."""

from __future__ import annotations

from simulator.pipeline.provisioning import Resources, read_definition


def workflow_text() -> str:
    """Return the definition with its placeholders filled in, prod's numbers included."""
    resources = Resources(
        rule_dead_letter_queue_url="http://d",
        dispatcher_failures_queue_url="http://f",
        report_failures_queue_url="http://r",
        file_gate_failures_queue_url="http://g",
    )
    return read_definition("workflow.asl.json", resources.placeholders)
