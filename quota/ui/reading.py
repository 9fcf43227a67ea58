"""Work on threads of its own, so that no script run waits for a large file.

A viewer's files are read two at a time, each in a guarded child. A thread knows nothing of
Streamlit: the page looks at its jobs and draws what it finds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from quota.errors import QuotaError, UnreadableFile
from quota.ingest.guard import Stop

T = TypeVar("T")

AT_ONCE = 2
_LOG = logging.getLogger(__name__)


class Job(Generic[T]):
    """`work`, begun once it is its turn; then `result`, or the `fault` that ended it.

    It is given a `Stop`; whoever calls `cancel` stops it, whether or not it has begun.
    """

    def __init__(self, work: Callable[[Stop], T], file: str, turns: threading.Semaphore) -> None:
        self.result: T | None = None
        self.fault: QuotaError | None = None
        self._stop = Stop()
        self._began: float | None = None
        # A daemon: the server need not wait for it when it is shut down.
        self._thread = threading.Thread(target=self._run, args=(work, file, turns), daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether there is nothing more to wait for."""
        return not self._thread.is_alive()

    @property
    def seconds(self) -> float | None:
        """How long it has been at work; None while it waits for its turn."""
        return None if self._began is None else time.monotonic() - self._began

    def cancel(self) -> None:
        """Stop it: what it was reading is refused as `reading_cancelled`."""
        self._stop()

    def wait(self, seconds: float) -> None:
        """Give it so long to be done."""
        self._thread.join(max(seconds, 0))

    def _run(self, work: Callable[[Stop], T], file: str, turns: threading.Semaphore) -> None:
        with turns:
            self._began = time.monotonic()
            try:
                if self._stop.asked:
                    raise UnreadableFile("reading_cancelled", file=file)
                self.result = work(self._stop)
            except QuotaError as fault:
                self.fault = fault
            except Exception:
                # Nobody above this thread could tell the viewer.
                _LOG.exception("the work on a file failed")
                self.fault = UnreadableFile("reader_failed", file=file)
