"""Large objects are sent from the disk, a part of them too; everything else about them is the engine's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simulator.aws.engine.moto.lasting.large_reads import LARGE, LargeReads
from simulator.aws.engine.moto.lasting.stored_bytes import StoredBytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

SIZE = LARGE + 5


class Engine:
    """Answers HEAD with what it knows of the object, and anything else with its own words."""

    def __init__(self, status: str = "200 OK") -> None:
        self.status = status
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        self.asked.append(environ["REQUEST_METHOD"])
        if environ["REQUEST_METHOD"] == "HEAD":
            assert "HTTP_RANGE" not in environ
            headers = [("ETag", '"e"'), ("Content-Length", str(SIZE)), ("x-amz-checksum-crc32", "AAAAAA==")]
            start_response(self.status, headers)
            return []
        start_response("200 OK", [])
        return [b"the engine's"]


class Read:
    """What a client was answered."""

    def __init__(
        self, file: Path, engine: Engine, *, path: str = "/b/a%20key", query: str = "", **environ: str
    ) -> None:
        known = {("b", "a key", None), ("b", "a key", "v1")}
        reads = LargeReads(engine, lambda *name: StoredBytes(file) if name in known else None)
        asked = {"REQUEST_METHOD": "GET", "REQUEST_URI": path, "QUERY_STRING": query, **environ}
        self.status = ""
        self.headers: dict[str, str] = {}
        self.body = b"".join(reads.answer(asked, self._start))

    def _start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, dict(headers)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a large object's file; its bytes tell where they stand."""
    path = tmp_path / "object"
    path.write_bytes(b"0123456789" + bytes(SIZE - 20) + b"abcdefghij")
    return path


@pytest.mark.parametrize("query", ["", "versionId=v1&X-Amz-Signature=abc", "x-id=GetObject"])
def test_a_large_object_comes_from_the_disk(file: Path, query: str) -> None:
    """With the engine's headers; the engine does not read it."""
    engine = Engine()
    read = Read(file, engine, query=query)
    assert (read.status, read.body == file.read_bytes(), engine.asked) == ("200 OK", True, ["HEAD"])
    assert (read.headers["ETag"], read.headers["Content-Length"]) == ('"e"', str(SIZE))
    assert "x-amz-checksum-crc32" in read.headers


@pytest.mark.parametrize(
    ("asked", "body", "told"),
    [
        ("bytes=2-4", b"234", f"bytes 2-4/{SIZE}"),
        (f"bytes={SIZE - 3}-", b"hij", f"bytes {SIZE - 3}-{SIZE - 1}/{SIZE}"),
        ("bytes=-2", b"ij", f"bytes {SIZE - 2}-{SIZE - 1}/{SIZE}"),
        (f"bytes={SIZE - 1}-{SIZE + 99}", b"j", f"bytes {SIZE - 1}-{SIZE - 1}/{SIZE}"),
    ],
)
def test_a_range_is_a_part_without_the_checksum_of_the_whole(file: Path, asked: str, body: bytes, told: str) -> None:
    """RFC 9110, 14.4; a client would compare the checksum with the part."""
    read = Read(file, Engine(), HTTP_RANGE=asked)
    assert (read.status, read.body) == ("206 Partial Content", body)
    assert (read.headers["Content-Range"], read.headers["Content-Length"]) == (told, str(len(body)))
    assert "x-amz-checksum-crc32" not in read.headers


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=5-2", "bytes=-0", "bytes=1-2,4-5", "lines=1-2", "x"])
def test_a_range_that_is_no_part_is_for_the_engine(file: Path, asked: str) -> None:
    """It has the errors."""
    assert Read(file, Engine(), HTTP_RANGE=asked).body == b"the engine's"


@pytest.mark.parametrize("query", ["versionId=none", "partNumber=1", "response-content-type=a", "tagging"])
def test_other_requests_are_for_the_engine(file: Path, query: str) -> None:
    """Also those about an object."""
    assert Read(file, Engine(), query=query).body == b"the engine's"


def test_small_objects_and_conditions_are_for_the_engine(tmp_path: Path, file: Path) -> None:
    """A condition that does not hold is answered by it."""
    assert Read(file, Engine("304 Not Modified")).body == b"the engine's"
    small = tmp_path / "small"
    small.write_bytes(bytes(LARGE))
    assert Read(small, Engine()).body == b"the engine's"


def test_an_object_that_is_deleted_while_it_is_read_is_read_to_its_end(file: Path) -> None:
    """Its file is open already."""
    pieces = StoredBytes(file).pieces(0, SIZE - 1)
    file.unlink()
    assert len(b"".join(pieces)) == SIZE
