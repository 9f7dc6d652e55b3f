"""Journal entries of SQS's calls: queues with their settings, and messages that have not been deleted.

SQS API reference, SendMessage, ReceiveMessage ("receive count", "visibility timeout"), DeleteMessage, PurgeQueue. Both
protocols, AWS JSON and query, are the same here: after a call, queues are compared with what the journal has.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.aws.engine.moto.lasting.journal import Journal
    from simulator.aws.engine.moto.lasting.moto_queues import MotoQueues
    from simulator.aws.engine.requests import Answer, Caller, Request

    Line = dict[str, Any]

TARGET: Final = "AmazonSQS."
_READS: Final = ("Get", "List")
_SENDS: Final = ("SendMessage", "SendMessageBatch")
_WAITS: Final = "ReceiveMessage"


class SqsWrites:
    """Passes calls on, and journals what they did before they are answered.

    Args:
        caller: the application.
        journal: takes the lines.
        state: the queues as they are.
    """

    def __init__(self, caller: Caller, journal: Journal, state: MotoQueues) -> None:
        self._caller = caller
        self._journal = journal
        self._state = state
        self._calling = threading.Lock()
        self._comparing = threading.Lock()
        self._settings: dict[tuple[str, str], bytes] = {}
        self._messages: dict[tuple[str, str], dict[str, tuple[int, Any]]] = {}
        """(region, queue) -> message id -> its place in the order of all messages, and its mark."""
        self._next_place = 1
        self._owed: list[Line] = []
        """The lines that the journal is to have next, and those that a full disk did not take."""

    def answer(self, request: Request) -> Answer:
        """Carry out a call, and journal what it changed.

        Raises:
            OSError: the disk is full.
        """
        operation = _operation(request)
        if operation.startswith(_READS):
            return self._caller.answer(request.environ)
        self._journal.check_room(request.length)
        if operation == _WAITS:  # it may wait for what another call sends
            answer = self._caller.answer(request.environ)
        else:
            with self._calling:
                answer = self._caller.answer(request.environ)
        with self._comparing:
            self._owed += self._sent() if operation in _SENDS else self._changed()
            self._journal.write(*self._owed)
            self._owed.clear()
        return answer

    def restore(self, lines: Iterable[Line]) -> None:
        """Put back what the journal has: queues first, then each queue's messages in their order."""
        queues: dict[tuple[str, str], Line] = {}
        messages: list[Line] = []
        for line in lines:
            _, region, name, *rest = line["about"]
            if rest:
                messages.append(line)
            else:
                queues[region, name] = line
                self._state.put_queue(region, name, line["settings"])
        self._state.join()
        gone: list[Line] = []
        places: dict[str, int] = {}
        for line in sorted(messages, key=lambda line: int(line["place"])):
            _, region, name, *_ = line["about"]
            if (region, name) in queues and self._state.put_message(region, name, line["message"]):
                places[line["message"]["fields"]["id"]] = line["place"]
                self._next_place = line["place"] + 1
            else:
                gone.append({"forget": line["about"]})
        self._journal.write(*gone)
        for region, name, queue in self._state.queues():
            self._settings[region, name] = _encoded(self._state.settings(queue))
            for message in self._state.messages(queue):
                self._known(region, name)[message.id] = places[message.id], self._state.mark(queue, message)

    def _sent(self) -> Iterator[Line]:
        """Yield the messages at the ends of queues that the journal does not have yet."""
        for region, name, queue in self._state.queues():
            known = self._known(region, name)
            new = []
            for message in reversed(self._state.messages(queue)):
                if message.id in known:
                    break
                new.append(message)
            for message in reversed(new):
                yield self._message_line(region, name, queue, message)

    def _changed(self) -> Iterator[Line]:
        """Yield what differs from the journal; what has come to a queue before what has left another."""
        forgotten: list[Line] = []
        there = set()
        for region, name, queue in self._state.queues():
            there.add((region, name))
            settings = self._state.settings(queue)
            if (encoded := _encoded(settings)) != self._settings.get((region, name)):
                self._settings[region, name] = encoded
                yield {"about": ["sqs", region, name], "settings": settings}
            known = self._known(region, name)
            messages = self._state.messages(queue)
            for message in messages:
                if known.get(message.id, (0, None))[1] != self._state.mark(queue, message):
                    yield self._message_line(region, name, queue, message)
            if len(known) > len(messages):
                for gone in known.keys() - {message.id for message in messages}:
                    del known[gone]
                    forgotten.append({"forget": ["sqs", region, name, "message", gone]})
        for region, name in self._settings.keys() - there:
            del self._settings[region, name]
            self._messages.pop((region, name), None)
            forgotten.append({"forget": ["sqs", region, name]})
        yield from forgotten

    def _message_line(self, region: str, name: str, queue: Any, message: Any) -> Line:
        known = self._known(region, name)
        place = known[message.id][0] if message.id in known else self._next_place
        self._next_place = max(self._next_place, place + 1)
        known[message.id] = place, self._state.mark(queue, message)
        about = ["sqs", region, name, "message", message.id]
        return {"about": about, "place": place, "message": self._state.record(queue, message)}

    def _known(self, region: str, name: str) -> dict[str, tuple[int, Any]]:
        return self._messages.setdefault((region, name), {})


def _operation(request: Request) -> str:
    target = str(request.environ.get("HTTP_X_AMZ_TARGET", ""))
    if target:
        return target.removeprefix(TARGET)
    asked = request.environ.get("QUERY_STRING", "") + "&" + request.content().decode("utf-8", "replace")
    return next((value for name, value in parse_qsl(asked) if name == "Action"), "")


def _encoded(settings: dict[str, Any]) -> bytes:
    return orjson.dumps(settings, option=orjson.OPT_SORT_KEYS)
