"""Broken files, one after another: in continuous integration a minute of them, elsewhere a handful."""

from __future__ import annotations

import os

from bench import fuzz

IN_CI = os.environ.get("CI") == "true"


def test_no_broken_file_breaks_the_reader() -> None:
    # The same files every time: a change is judged by what it did. `make fuzz` tries others.
    outcomes, faults = fuzz.run(20_000 if IN_CI else 40, 60.0 if IN_CI else 30.0, seed=7)
    assert outcomes["read"] > 0
    assert [f"{fault.name}: {fault.what}" for fault in faults] == []
