"""Following an execution from the terminal: progress until it ends, and then its report and that of its faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.cli import exits
from simulator.cli.exits import Terminated, UsageError
from simulator.cli.output.progress import Pace, ProgressDisplay
from simulator.cli.output.report import document, report
from simulator.runs.recovery import recovered
from simulator.runs.words import count

if TYPE_CHECKING:
    from simulator.aws.stepfunctions.running_execution import RunningExecution
    from simulator.cli.output.terminal import Terminal
    from simulator.fault_injection.fault_injection import Faults
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
    _tell_faults(session.faults, term)
    term.document({**document(folder, record), **_fault_documents(session.faults)})
    if interrupt is not None:
        return exits.TERMINATED if isinstance(interrupt, Terminated) else exits.INTERRUPTED
    return exits.SUCCEEDED if record.status == "SUCCEEDED" else exits.FAILED


def _tell_faults(faults: Faults, term: Terminal) -> None:
    """Print how often each fault happened, and what prevented it."""
    for fault in faults.all:
        times = "never happened" if not fault.happened else f"happened {count(fault.happened, 'time')}"
        term.say(("fault  ", "yellow"), f"{fault.spec.text} {times}{f'; {fault.trouble}' if fault.trouble else ''}")


def _fault_documents(faults: Faults) -> dict[str, Any]:
    """Return the same for the document: `faults`, or nothing if none was asked for."""
    told = [{"spec": one.spec.text, "happened": one.happened, "trouble": one.trouble} for one in faults.all]
    return {"faults": told} if told else {}
