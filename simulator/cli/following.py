"""Following an execution from the terminal: progress until it ends, and then its report and that of its faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from simulator.cli import exits
from simulator.cli.exits import Terminated, UsageError
from simulator.cli.output.forecast_line import tell_forecast
from simulator.cli.output.progress import Pace, ProgressDisplay
from simulator.cli.output.report import document, report
from simulator.runs.recovery import recovered
from simulator.runs.words import count

if TYPE_CHECKING:
    from simulator.aws.stepfunctions.running_execution import RunningExecution
    from simulator.cli.output.terminal import Terminal
    from simulator.fault_injection.fault_injection import Faults
    from simulator.pipeline.session import Session
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

TICK_SECONDS = 0.1
STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has ended: its folder, how it stands, and the Ctrl-C that stopped it."""

    folder: RunFolder
    record: RunRecord
    interrupt: KeyboardInterrupt | None

    @classmethod
    def of(cls, session: Session, running: RunningExecution, interrupt: KeyboardInterrupt | None) -> Self:
        """Read a run that has ended.

        Raises:
            UsageError: if the run could not be recorded.
        """
        folder = session.store.folder(running.name)
        if not folder.run_file.is_file():
            problems = [problem for problem in session.recorder.problems if running.name in problem]
            raise UsageError(" ".join(problems) or f"The run {running.name} was not recorded.")
        return cls(folder, recovered(folder), interrupt)


def follow(running: RunningExecution, pace: Pace, term: Terminal) -> KeyboardInterrupt | None:
    """Show progress until the run has ended; Ctrl-C stops it, and is returned."""
    display = ProgressDisplay(term, pace)
    try:
        with display:
            while not running.wait(TICK_SECONDS):
                display.tick()
                term.pulse()
    except KeyboardInterrupt as interrupt:
        term.say("Stopping: rows that have begun are finished. Press Ctrl-C again to quit immediately.")
        running.stop("Simulator.Interrupted", "Stopped from the terminal.")
        running.wait(STOP_SECONDS)
        return interrupt
    return None


def settled(session: Session, ended: Ended, term: Terminal) -> None:
    """Print what the recorder could not write of a run."""
    for problem in session.recorder.problems:
        if problem not in ended.record.notes and ended.record.name in problem:
            term.say(("Note: ", "yellow"), problem)


def outcome(session: Session, ended: Ended, term: Terminal) -> int:
    """Report a run that has ended, and return the command's exit code."""
    settled(session, ended, term)
    new = not ended.record.redrive_count
    report(term, ended.folder, ended.record, just_ended=new)
    session.faults.close()
    _tell_faults(session.faults, term)
    tell_forecast(term, ended.folder, ended.record)
    told = {**document(ended.folder, ended.record, just_ended=new), **_fault_documents(session.faults)}
    term.event({"event": "ended", **told})
    term.document(told)
    return exit_code(ended)


def exit_code(ended: Ended) -> int:
    """Return the exit code of a command that ran this."""
    if ended.interrupt is not None:
        return exits.TERMINATED if isinstance(ended.interrupt, Terminated) else exits.INTERRUPTED
    return exits.SUCCEEDED if ended.record.status == "SUCCEEDED" else exits.FAILED


def _tell_faults(faults: Faults, term: Terminal) -> None:
    """Print how often each fault happened, and what prevented it."""
    for fault in faults.all:
        times = "never happened" if not fault.happened else f"happened {count(fault.happened, 'time')}"
        term.say(("fault  ", "yellow"), f"{fault.spec.text} {times}{f'; {fault.trouble}' if fault.trouble else ''}")


def _fault_documents(faults: Faults) -> dict[str, Any]:
    """Return the same for the document: `faults`, or nothing if none was asked for."""
    told = [{"spec": one.spec.text, "happened": one.happened, "trouble": one.trouble} for one in faults.all]
    return {"faults": told} if told else {}
