"""Reading in a warm child process under limits, so that a hostile file costs one refusal.

A file can abort the process that parses it; no `try` catches that. The child reads from a
path, leaves its answer in a file, and is replaced when it dies. Memory and processor time
are capped where the system can (POSIX), the clock everywhere.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import mmap
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from quota.errors import QuotaError, UnreadableFile
from quota.ingest import limits

_KEPT = 2
# Every thread takes address space, and on a large machine there are many.
_THREADS = str(min(os.cpu_count() or 1, 8))
# Milliseconds until memory that Arrow is done with goes back to the system; its allocator would keep it
# about as long as a reading takes.
_GIVEN_BACK_AFTER = "10"
_ROOT = Path(__file__).resolve().parents[2]

_idle: list[subprocess.Popen[bytes]] = []
_lock = threading.Lock()


class Stop:
    """Ends a reading from another thread: its child is killed, the file refused as `reading_cancelled`."""

    def __init__(self) -> None:
        self.asked = False
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            self.asked = True
            if self._child:
                self._child.kill()

    def _holds(self, child: subprocess.Popen[bytes] | None) -> bool:
        """From now on `child` is at work, or none; False if it should not be any more."""
        with self._lock:
            self._child = child
            return not self.asked


def run(function: str, path: Path, file: str, *args: object, stop: Stop | None = None) -> Any:
    """`reader.function(path, file, *args)` in a child; its result, or the `QuotaError` it raised.

    A child that dies or takes too long means `UnreadableFile`: the file is refused.
    """
    stop = stop or Stop()
    size = path.stat().st_size
    if size > limits.MAX_BYTES:
        most = limits.MAX_BYTES // limits.MEGABYTE
        raise UnreadableFile("file_too_large", file=file, size=-(-size // limits.MEGABYTE), most=most)
    # Where a mapped file cannot be removed yet (Windows), it stays until the system clears it.
    with tempfile.TemporaryDirectory(prefix="quota-", ignore_cleanup_errors=True) as folder:
        answer = Path(folder) / "answer"
        child = _borrow()
        request = (function, str(path.absolute()), file, args, str(answer))
        sent = stop._holds(child) and _send(child, request)
        answered = sent and _wait(child, _seconds(size))
        # Before it is given back: whoever borrows it next must not be stopped.
        wanted = stop._holds(None)
        if not answered:
            child.kill()
            child.wait()
            raise UnreadableFile("reader_stopped" if wanted else "reading_cancelled", file=file)
        _give_back(child)
        result = _load(answer)
    if isinstance(result, QuotaError):
        raise result
    return result


def warm_up() -> None:
    """Start a child now, so that the first file does not wait for one."""
    with _lock:
        if not _idle:
            _idle.append(_start())


def _borrow() -> subprocess.Popen[bytes]:
    with _lock:
        while _idle:
            child = _idle.pop()
            if child.poll() is None:
                return child
    return _start()


def _give_back(child: subprocess.Popen[bytes]) -> None:
    with _lock:
        if len(_idle) < _KEPT:
            _idle.append(child)
            return
    child.kill()
    child.wait()


def _seconds(size: int) -> float:
    return limits.SECONDS + limits.SECONDS_PER_MEGABYTE * size / limits.MEGABYTE


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "quota.ingest.guard"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(_ROOT),
            "PYTHONIOENCODING": "utf-8",
            "OMP_NUM_THREADS": _THREADS,
            "MIMALLOC_PURGE_DELAY": _GIVEN_BACK_AFTER,
        },
    )


def _send(child: subprocess.Popen[bytes], request: object) -> bool:
    """Whether the child took the request; False if it is dead."""
    assert child.stdin is not None
    try:
        pickle.dump(request, child.stdin)
        child.stdin.flush()
    except OSError:
        return False
    return True


def _wait(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the child said that it is done; False if it died or the time ran out."""
    assert child.stdout is not None
    timer = threading.Timer(seconds, child.kill)
    timer.start()
    try:
        return child.stdout.readline() == b"done\n"
    finally:
        timer.cancel()


def _load(answer: Path) -> Any:
    """The child's answer; large buffers stay mapped to the file instead of being copied."""
    with answer.open("rb") as stream:
        mapped = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    lengths = pickle.loads(mapped[8 : 8 + int.from_bytes(mapped[:8], "little")])
    at = 8 + int.from_bytes(mapped[:8], "little")
    parts = []
    for length in lengths:
        parts.append(mapped[at : at + length])
        at += -(-length // 64) * 64
    return pickle.loads(parts[0], buffers=parts[1:])


class _Pickler(pickle.Pickler):
    """Hands texts of frames over piece by piece, which pandas would first copy into one."""

    def reducer_override(self, value: object) -> Any:
        if isinstance(value, pd.arrays.ArrowStringArray):
            return pd.array, (pa.array(value), value.dtype)
        return NotImplemented


def _save(answer: Path, result: object) -> None:
    buffers: list[pickle.PickleBuffer] = []
    head = io.BytesIO()
    _Pickler(head, protocol=5, buffer_callback=buffers.append).dump(result)
    parts = [head.getbuffer(), *(buffer.raw() for buffer in buffers)]
    lengths = pickle.dumps([len(part) for part in parts])
    with answer.open("wb") as stream:
        # Buffers start on 64-byte edges, as Arrow likes them.
        padding = -(8 + len(lengths)) % 64
        lengths += b"\0" * padding
        stream.write(len(lengths).to_bytes(8, "little") + lengths)
        for part in parts:
            stream.write(part)
            stream.write(b"\0" * (-len(part) % 64))


# --- in the child -----------------------------------------------------------------------


def _serve() -> None:
    """Answer requests until the parent closes the pipe."""
    from quota.ingest import reader

    # A workbook is millions of small objects and no cycles: looking for those only costs time.
    gc.freeze()
    gc.disable()
    while True:
        try:
            function, path, file, args, answer = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        _limit(Path(path).stat().st_size)
        try:
            result = getattr(reader, function)(Path(path), file, *args)
        except QuotaError as refusal:
            result = refusal
        except MemoryError:
            result = UnreadableFile("reader_stopped", file=file)
        except BaseException:  # a Rust panic is no Exception
            if os.environ.get("QUOTA_DEBUG"):
                raise
            result = UnreadableFile("reader_failed", file=file)
        _save(Path(answer), result)
        del result
        sys.stdout.buffer.write(b"done\n")
        sys.stdout.buffer.flush()
        gc.collect()


def _limit(size: int) -> None:
    """Cap what the next file may take: address space and processor seconds."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY + limits.MEMORY_PER_BYTE * size, most))
        used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (used + int(_seconds(size)) + 30, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@atexit.register
def _stop() -> None:
    with _lock:
        for child in _idle:
            child.kill()
        _idle.clear()


if __name__ == "__main__":
    _serve()
