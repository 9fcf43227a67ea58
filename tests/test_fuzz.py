"""Broken files, one after another: in continuous integration a minute of them, elsewhere a handful."""

from __future__ import annotations

import os
import time

from bench import fuzz

IN_CI = os.environ.get("CI") == "true"


def test_no_broken_file_breaks_the_reader() -> None:
    # In CI every run tries others; the name of a fault tells which seed makes it again.
    seed = int(time.time()) if IN_CI else 7
    outcomes, faults = fuzz.run(20_000 if IN_CI else 40, 60.0 if IN_CI else 30.0, seed)
    assert outcomes["read"] > 0
    assert [f"{fault.name}: {fault.what}" for fault in faults] == []
