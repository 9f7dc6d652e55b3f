"""A step after a run on AWS: what the simulator's command does to a run of this machine, the AWS CLI does there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.runs.advice.step import Action
from simulator.runs.suggested_command import aws_redrive, aws_upload

if TYPE_CHECKING:
    from simulator.runs.advice.step import NextStep
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord


def step_on_aws(folder: RunFolder, record: RunRecord, step: NextStep) -> NextStep:
    """Return the step with the command of the AWS CLI, and without one of the simulator, which would run it here.

    Args:
        folder: the run's, as it was fetched.
        record: its record.
        step: as it is for a run of this machine.
    """
    if step.action is Action.CREATE_USERS:
        text = "Most users of this file are not in the table users. Load them as docs/deploy.md, section 3, says."
        return replace(step, text=text, words=())
    if step.action is Action.REDRIVE:
        return replace(step, words=(), on_aws=aws_redrive(record))
    if step.action in (Action.CORRECT, Action.SEND_FAILED_ROWS):
        return replace(step, words=(), on_aws=aws_upload(folder.failed_rows_file, record))
    return replace(step, action=Action.UPLOAD, words=())
