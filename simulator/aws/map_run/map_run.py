"""A Map Run: reads the dataset, runs a child for each piece of it, keeps the tolerance, writes the results.

Developer guide, "Using Map state in Distributed mode" and "Viewing a Distributed Map Run".
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from simulator.aws.asl.errors import EXCEED_TOLERATED_FAILURE_THRESHOLD, RESULT_WRITER_FAILED, Aborted, StateError
from simulator.aws.asl.runtime.listener import MapRunInfo
from simulator.aws.iam.call import STATES, caller_of
from simulator.aws.map_run.children import Children
from simulator.aws.map_run.counts import Counts
from simulator.aws.map_run.earlier import EarlierMapRun, successes_in_order
from simulator.aws.map_run.items.item_batcher import child_works
from simulator.aws.map_run.items.item_reader import open_items
from simulator.aws.map_run.items.items import ItemSource, items_of
from simulator.aws.map_run.object_store import CallersObjectStore, ObjectStoreError
from simulator.aws.map_run.results.collected_results import CollectedResults
from simulator.aws.map_run.results.result_writer import ExportedResults
from simulator.aws.map_run.threshold import Threshold
from simulator.aws.map_run.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from simulator.aws.asl.runtime.listener import ChildRecord, ChildStart, Listener
    from simulator.aws.asl.runtime.ports import MapRunRequest, ResultWriterSpec
    from simulator.aws.map_run.children import ChildWork
    from simulator.aws.map_run.earlier import ChildHistory
    from simulator.aws.map_run.object_store import ObjectStore

TELL_EVERY = 0.1

ResultsFolder = Callable[[str], Path | None]
"""The folder that keeps the result files of an execution of that name; None if none is kept."""


class LocalMapRuns:
    """Opens Map Runs in this process (see MapRuns in ports.py).

    Args:
        store: where items are read from and results written to.
        listener: told of each child and of each Map Run.
        results_folder: where an execution's result files are kept.
    """

    def __init__(self, store: ObjectStore, listener: Listener, results_folder: ResultsFolder) -> None:
        self._store = store
        self._listener = listener
        self._results_folder = results_folder
        self._earlier: dict[tuple[str, str], EarlierMapRun] = {}
        self._running: dict[str, LocalMapRun] = {}
        self._paused: set[str] = set()

    def pause(self, execution_arn: str, *, paused: bool) -> None:
        """Let the Map Runs of an execution begin no more children, or go on; those that it opens later too.

        Step Functions has nothing like it, so no history tells of it.
        """
        (self._paused.add if paused else self._paused.discard)(execution_arn)
        for one in self.running():
            if one.root_arn == execution_arn:
                one.pause(paused=paused)

    def running(self) -> list[LocalMapRun]:
        """Return the Map Runs that run now."""
        return list(self._running.values())

    def continue_from(
        self,
        state: str,
        map_run: MapRunInfo,
        children: Iterable[ChildRecord],
        history: ChildHistory,
        processor: Mapping[str, Any] | None,
    ) -> None:
        """Let the next Map Run of a redriven execution's state be this one, continued (see OpenMapRuns)."""
        self.continue_with(map_run.parent_arn, state, EarlierMapRun.recorded(map_run, children, history, processor))

    def continue_with(self, execution_arn: str, state: str, earlier: EarlierMapRun) -> None:
        """Let the next Map Run of a redriven execution's state be this one, continued."""
        self._earlier[execution_arn, state] = earlier

    def open(self, request: MapRunRequest) -> LocalMapRun:
        """Make a new Map Run, or the one to be continued (once: a Retry of the state makes a new one)."""
        folder = self._results_folder(request.parent.identity.name)
        parent = request.parent.arn
        earlier = self._earlier.pop((parent, request.state), None)
        around = next((one for one in self.running() if one.has_child(parent)), None) if "/" in parent else None
        store = CallersObjectStore(self._store, caller_of(STATES, request.parent.identity.machine_name))
        return LocalMapRun(
            request,
            store,
            self._listener,
            folder,
            running=self._running,
            paused=self._paused,
            earlier=earlier,
            root_arn=around.root_arn if around is not None else parent,
        )


class LocalMapRun:
    """One Map Run; `run` sees it through.

    It stands in `running` under its ARN while it does. At its end, its execution is taken out of `paused`: a redrive
    goes on.
    """

    def __init__(
        self,
        request: MapRunRequest,
        store: ObjectStore,
        listener: Listener,
        folder: Path | None,
        *,
        running: dict[str, LocalMapRun],
        paused: set[str],
        earlier: EarlierMapRun | None = None,
        root_arn: str,
    ) -> None:
        parent = request.parent.identity
        prefix = ":".join(parent.machine_arn.split(":")[:5])
        new_arn = f"{prefix}:mapRun:{parent.machine_name}/{request.label}:{uuid.uuid4()}"
        self._earlier = earlier
        self.arn = earlier.arn if earlier else new_arn
        self.redrive_count = earlier.redrive_count if earlier else 0
        self._request = request
        self._store = store
        self._listener = listener
        self._folder = folder
        self._running = running
        self._threshold = Threshold(request.tolerated_count, request.tolerated_percentage)
        self._max_concurrency = request.max_concurrency
        self._children = Children(request, self.arn, listener)
        self._clock = request.parent.clock
        self._started = earlier.started if earlier else self._clock.now()
        self._redriven = self._clock.now() if earlier else None
        self._counts = Counts(0, 0)
        self._workers: Workers[ChildWork] | None = None
        self._breached = False
        self._paused_executions = paused
        self.root_arn = root_arn
        """The execution around everything: `parent_arn`, unless that is a child of another Map Run."""

    @property
    def parent_arn(self) -> str:
        """The execution that it belongs to."""
        return self._request.parent.arn

    @property
    def _paused(self) -> bool:
        return self.root_arn in self._paused_executions

    def pause(self, *, paused: bool) -> None:
        """Begin no more children until `pause(paused=False)`; the time limits of the execution go on."""
        if self._workers is not None:
            self._workers.pause(paused=paused)

    def run(self) -> Any:
        """Process all items and return the state's result (see MapRun)."""
        self._running[self.arn] = self
        self._tell("RUNNING")
        status = "FAILED"
        try:
            if self._folder is not None or self._request.writer is None or self._request.writer.bucket is None:
                result = self._process(self._folder)
            else:
                with tempfile.TemporaryDirectory(prefix="map-run-") as folder:
                    result = self._process(Path(folder))
            status = "SUCCEEDED"
        except Aborted:
            status = "ABORTED"
            raise
        finally:
            self._paused_executions.discard(self.parent_arn)
            self._tell(status)
            del self._running[self.arn]
        return result

    def has_child(self, arn: str) -> bool:
        """Tell whether an execution that runs is its child."""
        return self._children.has(arn)

    def running_children(self) -> list[ChildStart]:
        """Return the children that run now."""
        return self._children.running()

    def update(
        self, *, max_concurrency: int | None, tolerated_count: int | None, tolerated_percentage: float | None
    ) -> None:
        """Change the settings that are not None (UpdateMapRun): at once, also those that were never set.

        A concurrency that is lower lets the children that run come to their end.
        """
        before, workers = self._threshold, self._workers
        self._threshold = Threshold(
            before.count if tolerated_count is None else tolerated_count,
            before.percentage if tolerated_percentage is None else tolerated_percentage,
        )
        if max_concurrency is not None:
            self._max_concurrency = max_concurrency
            if workers is not None:
                workers.resize(max_concurrency)
        if workers is not None:
            self._check_tolerance(workers)

    def _process(self, folder: Path | None) -> Any:
        source = self._dataset()
        self._count(source)
        results = self._results(folder)
        try:
            return self._run_children(self._works(source), results)
        finally:
            results.close()

    def _run_children(self, works: Iterator[ChildWork], results: ExportedResults | CollectedResults) -> Any:
        workers: Workers[ChildWork] = Workers(
            works,
            self._max_concurrency,
            lambda work, worker: self._run_child(work, worker, results, workers),
            most=max(self._counts.total_executions, 1),  # Map Runs within children would be thousands of idle threads
        )
        self._workers = workers
        workers.resize(self._max_concurrency)  # it may have been changed meanwhile
        workers.pause(paused=self._paused)  # perhaps before it was opened
        workers.run(lambda: self._watch(workers), TELL_EVERY)
        self._children.join_clocks()
        self._request.parent.check_running(self._clock)
        if self._breached:
            self._end_breached(works, results)
        result = results.finish()
        self._counts.written()
        return result

    def _end_breached(self, works: Iterator[ChildWork], results: ExportedResults | CollectedResults) -> NoReturn:
        """Write what there is, and fail by the breach whatever becomes of that."""
        breach = StateError(
            EXCEED_TOLERATED_FAILURE_THRESHOLD, "The specified tolerated failure threshold was exceeded"
        )
        try:
            for work in works:
                results.add_pending(work.input)
            results.finish()
            self._counts.written()
        except StateError as error:
            raise breach from error
        raise breach

    def _dataset(self) -> ItemSource:
        request = self._request
        return open_items(request.reader, self._store) if request.reader is not None else items_of(request.items)

    def _works(self, source: ItemSource) -> Iterator[ChildWork]:
        works, earlier = self._all_works(source), self._earlier
        if earlier is None:
            return works
        return (work.again(earlier.child(work.index)) for work in works if work.index not in earlier.succeeded)

    def _all_works(self, source: ItemSource) -> Iterator[ChildWork]:
        return child_works(source, source.source, self._request.select, self._request.batcher)

    def _count(self, source: ItemSource) -> None:
        """Read the dataset once: percentages, progress and pending counts need its size."""
        done = self._earlier.succeeded if self._earlier else frozenset()
        if self._request.batcher is None:
            items = executions = source.count()
            done_items = len(done)
            waiting_items = self._earlier.waiting if self._earlier else 0
        else:
            items = executions = done_items = waiting_items = 0
            for work in self._all_works(source):
                items, executions = items + work.items, executions + 1
                done_items += work.items if work.index in done else 0
                waiting_items += work.items if self._earlier and self._earlier.waits(work.index) else 0
        self._counts = Counts(items, executions)
        self._counts.already(done_items, len(done))
        self._counts.waiting(waiting_items, self._earlier.waiting if self._earlier else 0)
        self._tell("RUNNING")

    def _results(self, folder: Path | None) -> ExportedResults | CollectedResults:
        writer = self._request.writer
        if writer is None or writer.bucket is None:
            collected = CollectedResults(writer, machine_arn=self._children.machine_arn, state=self._request.state)
            for child in self._earlier.done if self._earlier else ():
                collected.add(child)
            return collected
        assert folder is not None  # noqa: S101 - run() gives one if results are exported
        return ExportedResults(
            writer,
            map_run_arn=self.arn,
            machine_arn=self._children.machine_arn,
            store=self._store,
            folder=folder,
            redrive_count=self.redrive_count,
            earlier=self._earlier_successes(folder, writer) if self._earlier else (),
        )

    def _earlier_successes(self, folder: Path, writer: ResultWriterSpec) -> list[dict[str, Any]]:
        """Return the result files of the attempts so far: of the folder that keeps them, or else of the bucket."""
        assert self._earlier is not None  # noqa: S101 - its caller has looked
        if folder == self._folder:
            return self._earlier.successes(folder, writer.prefix)
        below = "/".join(filter(None, (writer.prefix, self.arn.rpartition(":")[2])))
        try:
            listed = list(self._store.list({"Bucket": writer.bucket, "Prefix": f"{below}/"}))
        except ObjectStoreError as error:
            cause = f"{error} (Service: S3; Error Code: {error.code}) [s3://{writer.bucket}/{below}/]"
            raise StateError(RESULT_WRITER_FAILED, cause) from error
        return successes_in_order({"Key": entry["Key"], "Size": entry["Size"]} for entry in listed)

    def _run_child(
        self, work: ChildWork, worker: int, results: ExportedResults | CollectedResults, workers: Workers[ChildWork]
    ) -> None:
        self._counts.began(work.items, again=work.earlier is not None)
        child = self._children.run(work, worker)
        self._counts.ended(work.items, child.status)
        self._listener.child_ended(child)
        self._children.told(child)
        results.add(child)
        if child.status != "SUCCEEDED":
            self._check_tolerance(workers)

    def _check_tolerance(self, workers: Workers[ChildWork]) -> None:
        if self._threshold.exceeded(self._counts.failed_items, self._counts.total_items):
            self._breach(workers)

    def _breach(self, workers: Workers[ChildWork]) -> None:
        """Begin no more children; STANDARD ones that run are stopped, EXPRESS ones run to their end."""
        self._breached = True
        workers.stop()
        if self._request.execution_type == "STANDARD":
            self._children.stop()

    def _watch(self, workers: Workers[ChildWork]) -> None:
        parent = self._request.parent
        if parent.ends_at_transition:  # its children enter states all the time
            parent.stop()
        if parent.root_stop.is_set() or parent.time_left(self._clock) == 0:
            workers.stop()
            self._children.stop()
        self._tell("RUNNING")

    def _tell(self, status: str) -> None:
        self._listener.map_run_changed(self.info(status))

    def info(self, status: str = "RUNNING") -> MapRunInfo:
        """Return how it stands."""
        return MapRunInfo(
            arn=self.arn,
            parent_arn=self._request.parent.arn,
            status=status,
            started=self._started,
            stopped=None if status == "RUNNING" else self._clock.now(),
            max_concurrency=self._max_concurrency,
            tolerated_failure_percentage=self._threshold.percentage or 0.0,
            tolerated_failure_count=self._threshold.count or 0,
            redrive_count=self.redrive_count,
            item_counts=self._counts.shown("items"),
            execution_counts=self._counts.shown("executions"),
            redriven=self._redriven,
            paused=self._paused,
        )
