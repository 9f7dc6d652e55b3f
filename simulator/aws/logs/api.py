"""CloudWatch Logs' API: log groups, streams and events, all of them written by functions.

CloudWatch Logs API reference: DescribeLogGroups, DescribeLogStreams, GetLogEvents, FilterLogEvents.
"""

from __future__ import annotations

import re
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any

from simulator.aws.errors import ApiError
from simulator.aws.logs.filter_pattern import BadPattern, filter_pattern
from simulator.aws.logs.log_files import event_time
from simulator.aws.logs.streams import Stream, streams_of
from simulator.aws.paging import BadToken, page_of, position_of, token_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from simulator.aws.logs.log_files import LogEvent, LogFiles

MOST_EVENTS = 10_000
MOST_BYTES = 1_048_576
PAGE = 50
_EVENT_OVERHEAD = 26
_GROUP_ARN = re.compile(r"arn:aws[\w-]*:logs:[^:]+:\d{12}:log-group:(?P<name>[^:]+)(:\*)?")


class LogsApi:
    """The operations of CloudWatch Logs' API.

    Args:
        files: the log events.
        groups: gives the names of the log groups that exist, with or without events.
        region, account: of the ARNs.
    """

    def __init__(self, files: LogFiles, groups: Callable[[], Sequence[str]], *, region: str, account: str) -> None:
        self._files = files
        self._groups = groups
        self._arns = f"arn:aws:logs:{region}:{account}:log-group"
        self.operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "DescribeLogGroups": self.describe_log_groups,
            "DescribeLogStreams": self.describe_log_streams,
            "GetLogEvents": self.get_log_events,
            "FilterLogEvents": self.filter_log_events,
        }

    def describe_log_groups(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a page of the log groups, by name."""
        if "logGroupNamePrefix" in request and "logGroupNamePattern" in request:
            raise _refused("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
        names = [
            name
            for name in self._groups()
            if name.startswith(request.get("logGroupNamePrefix", ""))
            and request.get("logGroupNamePattern", "") in name
            and request.get("logGroupClass", "STANDARD") == "STANDARD"
        ]
        if "logGroupIdentifiers" in request:
            wanted = set(map(_group_name, request["logGroupIdentifiers"]))
            names = [name for name in names if name in wanted]
        page, token = self._page(names, lambda name: name, request)
        streams = streams_of(self._files.events()) if page else []
        groups = [self._group(name, [one for one in streams if one.group == name]) for name in page]
        return {"logGroups": groups} | ({} if token is None else {"nextToken": token})

    def describe_log_streams(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a page of a group's streams, by name or by the time of their last event."""
        group = self._named_group(request)
        by_time = request.get("orderBy") == "LastEventTime"
        prefix = request.get("logStreamNamePrefix", "")
        if by_time and prefix:
            raise _refused("Cannot order by LastEventTime with a logStreamNamePrefix.")
        events = (event for event in self._files.events() if event.group == group)
        streams = [one for one in streams_of(events) if one.name.startswith(prefix)]
        keys = {one.name: f"{one.last:016d} {one.name}" if by_time else one.name for one in streams}
        page, token = self._page(
            streams, lambda one: keys[one.name], request, descending=bool(request.get("descending"))
        )
        found = {"logStreams": [self._stream(group, one) for one in page]}
        return found if token is None else {**found, "nextToken": token}

    def filter_log_events(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a page of the events that match: 10,000 or 1 MB at the most, oldest first unless told otherwise."""
        group = self._named_group(request)
        names, prefix = request.get("logStreamNames"), request.get("logStreamNamePrefix")
        if names is not None and prefix is not None:
            raise _refused("logStreamNames and logStreamNamePrefix are mutually exclusive parameters.")
        try:
            matches = filter_pattern(request.get("filterPattern", ""))
        except BadPattern as error:
            raise _refused(f"Invalid filter pattern: {error}") from error
        direction, position = _position(request.get("nextToken"), "h" if request.get("startFromHead", True) else "t")
        wanted = None if names is None else frozenset(names)

        def is_wanted(event: LogEvent) -> bool:
            return (
                event.group == group
                and (wanted is None or event.stream in wanted)
                and event.stream.startswith(prefix or "")
                and matches(event.message.removesuffix("\n"))
            )

        limit = request.get("limit", MOST_EVENTS)
        start, end = request.get("startTime", 0), request.get("endTime")
        if direction == "h":
            found = list(islice(filter(is_wanted, self._files.events(start=start, end=end, after=position)), limit + 1))
        else:
            found = _last(filter(is_wanted, self._files.events(start=start, end=end)), position, limit + 1)[::-1]
        page = _fitting(found[:limit])
        answer: dict[str, Any] = {
            "events": [{"logStreamName": event.stream, **_shown(event), "eventId": event.id} for event in page],
            "searchedLogStreams": [],
        }
        if len(found) > len(page):
            answer["nextToken"] = token_for(f"{direction}{page[-1].id}")
        return answer

    def get_log_events(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a page of one stream's events, in order; at either end of the stream a token leads to itself."""
        group, stream = self._named_group(request), request["logStreamName"]
        everything = [event for event in self._files.events() if (event.group, event.stream) == (group, stream)]
        if not everything:
            raise ApiError("ResourceNotFoundException", "The specified log stream does not exist.")
        start, end = request.get("startTime", 0), request.get("endTime")
        events = [event for event in everything if event.timestamp >= start and (end is None or event.timestamp < end)]
        direction, position = _position(request.get("nextToken"), "f" if request.get("startFromHead") else "b")
        limit = request.get("limit", MOST_EVENTS)
        if direction == "f":
            page = _fitting([event for event in events if position is None or event.id > position][:limit])
        else:
            page = _fitting(_last(events, position, limit)[::-1])[::-1]
        # An empty page leads on from where it stands.
        here = position or (events[0].id if events else everything[-1].id)
        return {
            "events": [_shown(event) for event in page],
            "nextForwardToken": token_for(f"f{page[-1].id if page else here}"),
            "nextBackwardToken": token_for(f"b{page[0].id if page else here}"),
        }

    def _named_group(self, request: dict[str, Any]) -> str:
        if ("logGroupName" in request) == ("logGroupIdentifier" in request):
            raise _refused("Give logGroupName or logGroupIdentifier, and not both.")
        name = request.get("logGroupName") or _group_name(request["logGroupIdentifier"])
        if name not in self._groups():
            raise ApiError("ResourceNotFoundException", "The specified log group does not exist.")
        return name

    @staticmethod
    def _page(
        entries: Iterable[Any], key: Callable[[Any], str], request: dict[str, Any], *, descending: bool = False
    ) -> tuple[Sequence[Any], str | None]:
        try:
            return page_of(
                entries,
                key,
                token=request.get("nextToken"),
                limit=request.get("limit", PAGE),
                descending=descending,
            )
        except BadToken as error:
            raise _refused("The specified nextToken is invalid.") from error

    def _group(self, name: str, streams: Sequence[Stream]) -> dict[str, Any]:
        return {
            "logGroupName": name,
            "metricFilterCount": 0,
            "arn": f"{self._arns}:{name}:*",
            "storedBytes": sum(one.bytes for one in streams),
            "logGroupClass": "STANDARD",
            "logGroupArn": f"{self._arns}:{name}",
        } | ({"creationTime": min(one.first for one in streams)} if streams else {})

    def _stream(self, group: str, stream: Stream) -> dict[str, Any]:
        return {
            "logStreamName": stream.name,
            "creationTime": stream.first,
            "firstEventTimestamp": stream.first,
            "lastEventTimestamp": stream.last,
            "lastIngestionTime": stream.last,
            "arn": f"{self._arns}:{group}:log-stream:{stream.name}",
            "storedBytes": 0,  # as AWS reports since June 2019
        }


def _position(token: str | None, default: str) -> tuple[str, str | None]:
    """Return the direction of a token, and the id of the event it stands behind."""
    if token is None:
        return default, None
    pair = "ht" if default in "ht" else "fb"
    try:
        position = position_of(token)
        event_time(position[1:])
    except (BadToken, ValueError) as error:
        raise _refused("The specified nextToken is invalid.") from error
    if position[0] not in pair:
        raise _refused("The specified nextToken is invalid.")
    return position[0], position[1:]


def _last(events: Iterable[LogEvent], before: str | None, count: int) -> list[LogEvent]:
    """Return the last events, or the last ones before an id, in order."""
    return list(deque((event for event in events if before is None or event.id < before), maxlen=count))


def _fitting(events: Sequence[LogEvent]) -> list[LogEvent]:
    """Return the first events, as many as a page may hold; one at the least."""
    page: list[LogEvent] = []
    size = 0
    for event in events:
        size += len(event.message.encode("utf-8", "replace")) + _EVENT_OVERHEAD
        if page and size > MOST_BYTES:
            break
        page.append(event)
    return page


def _shown(event: LogEvent) -> dict[str, Any]:
    return {"timestamp": event.timestamp, "message": event.message, "ingestionTime": event.timestamp}


def _group_name(identifier: str) -> str:
    match = _GROUP_ARN.fullmatch(identifier)
    return match["name"] if match else identifier


def _refused(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)
