"""Threads of a process that shares arenas use two of malloc's, however many they are."""

from __future__ import annotations

import subprocess
import sys

import pytest

_HEAPS_OF_TWENTY_THREADS = """
import ctypes, re, sys, threading
from simulator.aws.malloc import share_arenas
if sys.argv[1] == "shared":
    share_arenas()
libc = ctypes.CDLL(None)
libc.open_memstream.restype = ctypes.c_void_p
libc.malloc.restype = ctypes.c_void_p
together = threading.Barrier(20)
def work():
    together.wait()
    libc.malloc(ctypes.c_size_t(100_000))
    together.wait()
threads = [threading.Thread(target=work) for _ in range(20)]
for thread in threads: thread.start()
for thread in threads: thread.join()
text, size = ctypes.c_char_p(), ctypes.c_size_t()
stream = ctypes.c_void_p(libc.open_memstream(ctypes.byref(text), ctypes.byref(size)))
libc.malloc_info(0, stream)
libc.fclose(stream)
print(len(re.findall(rb"<heap nr=", text.value)))
"""


def _heaps(kind: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _HEAPS_OF_TWENTY_THREADS, kind], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator")
def test_twenty_threads_share_two_arenas() -> None:
    """Without it they have more: memory would grow with them."""
    assert _heaps("shared") <= 2
    assert _heaps("own") > 2
