import pytest, tempfile, pathlib
from tests.unit.stepfunctions import cloud as c
from tests.unit.stepfunctions import test_api_executions as te, test_api_map_runs as tm
from simulator.runs.archive.home_archive import HomeArchive
from simulator.runs.archive.execution_log import ExecutionLog
from simulator.runs.store import RunStore

class Both(HomeArchive):
    def __init__(self):
        p = pathlib.Path(tempfile.mkdtemp())
        st = RunStore(p/"runs")
        super().__init__(p/"executions", st, c.PREFIX+":stateMachine:workflow")
        self.log = ExecutionLog(p/"executions", st, "workflow")
    def __getattr__(self, n):
        return getattr(self.log, n)

@pytest.fixture(autouse=True)
def _swap(monkeypatch):
    monkeypatch.setattr(c, "KeptArchive", Both)

for m in (te, tm):
    for n in dir(m):
        if n.startswith("test_"): globals()[n] = getattr(m, n)
