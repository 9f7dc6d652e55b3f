"""The rule of the gate: at most so many files have their turn, and the first that arrived has the next one.

A turn begins when the file's Task WaitForTurn is answered, and ends with its execution. A lost event or token
must not block it for good: a file that waits asks again every few minutes with a new token, and a call that finds the
gate full looks whether those that have their turn still run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.file_gate.executions import Executions
    from lambdas.file_gate.turns import Turns, WaitingFile


class FileGate:
    """Lets files in.

    Args:
        turns: the table.
        executions: Step Functions.
        max_files: how many files may have their turn at a time.
    """

    def __init__(self, turns: Turns, executions: Executions, max_files: int) -> None:
        self._turns = turns
        self._executions = executions
        self._max_files = max_files

    def ask(self, file: WaitingFile) -> tuple[WaitingFile, ...]:
        """Let a file in if it is its turn; if not, let it wait. Return the first files that wait now, in their order.

        Raises:
            ClientError: DynamoDB or Step Functions does not answer; the file asks again.
        """
        standing = self._turns.standing(self._max_files)
        if file.execution_arn in standing.turns:  # it has asked before, and the answer was lost
            self._answer(file)
            return self.let_in()
        if not standing.waiting and self._turns.take(file.execution_arn, self._max_files):
            self._answer(file)
            return ()
        self._turns.wait(file)
        return self.let_in()

    def ended(self, execution_arn: str, redrive_count: int) -> tuple[WaitingFile, ...]:
        """Take the turn of an execution that has ended, and let the next file in; return as `ask` does.

        Args:
            execution_arn: the execution.
            redrive_count: how often it had been redriven when it ended: the event of an end that comes late, or twice,
                must not end the turn of a redrive.

        Raises:
            ClientError: as `ask`; EventBridge delivers the event again.
        """
        if self._executions.redrives(execution_arn) <= redrive_count and not self._turns.give_back(execution_arn):
            for file in self._turns.waiting_of(execution_arn):
                self._turns.forget(file)
        return self.let_in()

    def redriven(self, execution_arn: str) -> tuple[WaitingFile, ...]:
        """Give a redriven execution its turn if it goes on behind the gate, where nothing can hold it up.

        There may then be more turns than `max_files`; the next file waits until there are fewer again. An execution
        that had not yet got as far asks by itself.

        Raises:
            ClientError: as `ended`.
        """
        if self._executions.has_begun_rows(execution_arn):
            self._turns.take_anyway(execution_arn)
        return self._turns.standing(self._max_files).waiting

    def let_in(self) -> tuple[WaitingFile, ...]:
        """Let files in, the first one first, while there are turns to give; return as `ask` does."""
        while True:
            standing = self._turns.standing(self._max_files)
            waiting = tuple(file for file in standing.waiting if file.execution_arn not in standing.turns)
            for file in standing.waiting:
                if file not in waiting:  # it was given its turn by a call that did not live to answer it
                    self._answer(file)
                    self._turns.forget(file)
            if not waiting:
                return ()
            if len(standing.turns) >= self._max_files:
                if not self._take_from_ended(standing.turns):
                    return waiting
            elif self._turns.take(waiting[0].execution_arn, self._max_files):
                self._answer(waiting[0])
                self._turns.forget(waiting[0])

    def _take_from_ended(self, turns: Iterable[str]) -> bool:
        """Take the turns of executions that have ended although no event said so; return whether there were any."""
        ended = [arn for arn in turns if not self._executions.is_running(arn)]
        for arn in ended:
            self._turns.give_back(arn)
        return bool(ended)

    def _answer(self, file: WaitingFile) -> None:
        """Answer a file that has its turn. If it does not wait any more: it has ended, or asks anew, or went on."""
        if not self._executions.let_go_on(file.token) and not self._executions.is_running(file.execution_arn):
            self._turns.give_back(file.execution_arn)
