"""The same file with one row per child and with batches: the same totals, the same failed rows, the same report."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from lambdas.shared.connection import connect
from simulator.aws.asl.runtime.clock import RealClock
from simulator.aws.asl.runtime.listener import SilentListener
from simulator.fault_injection.spec import FaultPlan, parse_fault
from simulator.pipeline.redriving.redrive import redrive
from simulator.pipeline.session import Session
from simulator.pipeline.settings import PROJECT_ROOT, Settings
from simulator.runs.redrive_plan import NotRedrivable, plan_redrive
from simulator.verify.reconcile import reconcile
from tests.rows import upload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder

ROWS = 150
BAD = {7: "U00007,x,1", 8: "NOBODY,1,1", 60: " ,1,1", 61: f"{'あ' * 30},1,1", 149: 'U00149,"=1+1",2'}
FILE = upload(*(BAD.get(number, f"U{number:05},{number},{number * 2}") for number in range(1, ROWS + 1)))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@contextmanager
def pipeline(home: Path, rows_per_child: int, faults: list[str]) -> Iterator[Session]:
    """Run the pipeline with a number of rows per child."""
    home.mkdir()
    with Session(
        Settings(simulator_home=home, simulator_database_url=None, simulator_rows_per_child=str(rows_per_child)),
        tell=lambda _: None,
        listener=SilentListener(),
        clock=RealClock(),
        plan=FaultPlan(specs=[parse_fault(fault) for fault in faults]),
    ) as session:
        session.migrator.load_users(PROJECT_ROOT / "sample_data" / "users.csv")
        yield session


def run(session: Session, text: str) -> RunFolder:
    """Run a file to its end, and check that everything that it left agrees."""
    running = session.wait_for_workflow(session.upload(text.encode(), "rows.csv"))
    assert running.wait(200)
    folder = session.store.find(running.name)
    findings = reconcile(folder, folder.record(), None)
    assert findings.clean, [str(one) for one in findings.disagreements]
    return folder


def left_by(session: Session, folder: RunFolder) -> list[object]:
    """Return counts, failed rows without the run's name, and the stored totals."""
    failed = folder.failed_rows_file.read_bytes().replace(folder.name.encode(), b"RUN")
    with connect(session.postgres.url) as connection:
        stored = connection.execute("SELECT user_id, login_count, post_count FROM user_statistics ORDER BY 1")
        return [folder.record().status, folder.record().rows, failed, stored.fetchall()]


@pytest.mark.parametrize(
    "faults",
    [
        ["error=InvalidRecordError,share=0.01,attempts=9", "index=3,error=UserNotFoundError,attempts=9"],
        ["index=20,attempt=1,error=Lambda.TooManyRequestsException", "index=44,function=exit", "event=twice"],
        ["database=refuse,after=60,for=2"],
    ],
    ids=["rows that fail", "calls that fail", "an outage"],
)
def test_batches_leave_what_single_rows_leave(tmp_path: Path, faults: list[str]) -> None:
    """Totals and failed-rows.csv, byte for byte, in batches of 1, 10 and 100."""
    left = []
    for number in (1, 10, 100):
        with pipeline(tmp_path / str(number), number, faults) as session:
            left.append(left_by(session, run(session, FILE)))
    assert left[1] == left[0]
    assert left[2] == left[0]


def test_too_many_bad_rows_fail_a_run_of_batches_which_is_not_redriven(tmp_path: Path) -> None:
    """Every row was run; the tolerance is by rows."""
    rows = [f"{'NOBODY' if number % 10 == 0 else 'U00'}{number:03},1,1" for number in range(1, 101)]
    with pipeline(tmp_path / "h", 10, []) as session:
        folder = run(session, upload(*rows))
        record = folder.record()
        assert (record.status, record.error) == ("FAILED", "TooManyRowsFailed")
        assert record.cause == "10 of 100 rows failed; 5 % and 50 rows are tolerated."
        assert (record.rows.succeeded, record.rows.failed, record.rows.pending) == (90, 10, 0)
        with pytest.raises(NotRedrivable, match="Fail state TooManyRowsFailed again"):
            plan_redrive(folder, record)


def test_a_breached_run_of_batches_is_redriven_batch_by_batch(tmp_path: Path) -> None:
    """Its users were missing. More than 50 batches had failed; of each, the rows that were done change nothing."""
    rows = [f"{'NEW' if number % 2 else 'U0'}{number:04},{number},1" for number in range(1, 201)]
    with pipeline(tmp_path / "h", 2, []) as session:
        folder = run(session, upload(*rows))
        assert folder.record().error == "States.ExceedToleratedFailureThreshold"
        assert folder.record().rows.failed > 50
        master = tmp_path / "master.csv"
        lines = [f"NEW{number:04},n,n{number}@example.com" for number in range(1, 201)]
        master.write_text("\n".join(["user_id,username,email", *lines]), encoding="utf-8")
        session.migrator.load_users(master)
        assert redrive(session, folder, plan_redrive(folder, folder.record())).wait(200)
        record = folder.record()
        assert (record.status, record.rows.succeeded) == ("SUCCEEDED", 200)
        findings = reconcile(folder, record, None)
        assert findings.clean, [str(one) for one in findings.disagreements]
