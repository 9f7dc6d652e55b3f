"""Reads executions that were recorded, in this process or in an earlier one.

The service keeps in memory only what runs. An `Archive` gives the rest, as a Listener wrote it down: an execution is
asked for here as soon as `Listener.execution_ended` has returned, a Map Run as soon as `map_run_changed` has with its
last status, a child as soon as `child_ended` has, and an event as soon as `history_event` has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.aws.asl.runtime.listener import ChildRecord, ExecutionInfo, MapRunInfo


class Archive(Protocol):
    """The records of STANDARD executions, their Map Runs and their child executions.

    An answer may be read lazily, in any order that is not named here, and must not grow with what is not asked for. A
    record that cannot be read is left out; nothing is raised. EXPRESS executions are not asked for (AWS keeps none),
    except as children of a Map Run. Calls come from several threads.
    """

    def executions(self, machine_arn: str) -> Iterable[ExecutionInfo]:
        """Give a machine's executions that have ended; those of deleted machines too.

        One whose process died is ABORTED, with `resume.INTERRUPTED_ERROR` and `INTERRUPTED_CAUSE`, and `stopped` is the
        last sign of life. One that runs in this process may be given or not: the service knows it better.
        """
        ...

    def execution(self, arn: str) -> ExecutionInfo | None:
        """Return such an execution; None if there is none. Of a redriven one the last attempt's end."""
        ...

    def history(self, arn: str) -> Iterable[dict[str, Any]]:
        """Give the events so far of an execution or of a STANDARD child, in the order of their ids.

        The events are those that `Listener.history_event` was told (`timestamp` is ISO text), also while it runs. An
        end that the process did not live to write is not made up here. Nothing for an ARN that is not known.
        """
        ...

    def map_runs(self, execution_arn: str) -> Iterable[MapRunInfo]:
        """Give the Map Runs of an execution, each once, as it stood last; of a dead process: ABORTED, with counts."""
        ...

    def map_run(self, arn: str) -> MapRunInfo | None:
        """Return one Map Run; None if there is none."""
        ...

    def children(self, map_run_arn: str) -> Iterable[ChildRecord]:
        """Give the children of a Map Run that have ended, each once, as its last attempt left it; also while it runs.

        A STANDARD child that was cut off with its process is ABORTED, like its execution.
        """
        ...

    def child(self, arn: str) -> ChildRecord | None:
        """Return one such child; None if there is none."""
        ...


class EmptyArchive:
    """An archive of nothing: for a service whose executions nobody looks at after their end."""

    def executions(self, machine_arn: str) -> Iterable[ExecutionInfo]:  # noqa: ARG002 - the protocol's
        """Give nothing."""
        return ()

    def execution(self, arn: str) -> ExecutionInfo | None:  # noqa: ARG002 - the protocol's
        """Return None."""
        return None

    def history(self, arn: str) -> Iterable[dict[str, Any]]:  # noqa: ARG002 - the protocol's
        """Give nothing."""
        return ()

    def map_runs(self, execution_arn: str) -> Iterable[MapRunInfo]:  # noqa: ARG002 - the protocol's
        """Give nothing."""
        return ()

    def map_run(self, arn: str) -> MapRunInfo | None:  # noqa: ARG002 - the protocol's
        """Return None."""
        return None

    def children(self, map_run_arn: str) -> Iterable[ChildRecord]:  # noqa: ARG002 - the protocol's
        """Give nothing."""
        return ()

    def child(self, arn: str) -> ChildRecord | None:  # noqa: ARG002 - the protocol's
        """Return None."""
        return None
