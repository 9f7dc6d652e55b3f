"""Following an execution from the terminal: progress until it ends, and then its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.cli import exits
from simulator.cli.exits import Terminated, UsageError
from simulator.cli.fault_option import fault_documents, tell_faults
from simulator.cli.output.progress import Pace, ProgressDisplay
from simulator.cli.output.report import document, report
from simulator.runs.recovery import recovered

if TYPE_CHECKING:
    from simulator.aws.stepfunctions.running_execution import RunningExecution
    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.session import Session

TICK_SECONDS = 0.1
STOP_SECONDS = 60.0


def follow(running: RunningExecution, pace: Pace, term: Terminal) -> KeyboardInterrupt | None:
    """Show progress until the run has ended; Ctrl-C stops it, and is returned."""
    display = ProgressDisplay(term, pace)
    try:
        with display:
            while not running.wait(TICK_SECONDS):
                display.tick()
    except KeyboardInterrupt as interrupt:
        term.say("Stopping: rows that have begun are finished. Press Ctrl-C again to quit immediately.")
        running.stop("Simulator.Interrupted", "Stopped from the terminal.")
        running.wait(STOP_SECONDS)
        return interrupt
    return None


def outcome(session: Session, running: RunningExecution, interrupt: KeyboardInterrupt | None, term: Terminal) -> int:
    """Report a run that has ended, and return the command's exit code.

    Raises:
        UsageError: if the run could not be recorded.
    """
    if (folder := session.recorder.folder(running.name)) is None:
        raise UsageError(" ".join(session.recorder.problems) or f"The run {running.name} was not recorded.")
    record = recovered(folder)
    for problem in session.recorder.problems:
        if problem not in record.notes:
            term.say(("Note: ", "yellow"), problem)
    report(term, folder, record)
    session.faults.close()
    tell_faults(session.faults, term)
    term.document({**document(folder, record), **fault_documents(session.faults)})
    if interrupt is not None:
        return exits.TERMINATED if isinstance(interrupt, Terminated) else exits.INTERRUPTED
    return exits.SUCCEEDED if record.status == "SUCCEEDED" else exits.FAILED
