"""Browser tests need Debian's Chromium: without it they are skipped, in CI they fail.

A test is a browser test when it asks for the `chromium` fixture.

No Hypothesis example has a deadline, which would tell of the machine. In CI the examples are the
same every time, so that a change is judged by what it did; elsewhere every run tries others.
"""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import settings

settings.register_profile("quota", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("quota")

_MISSING = "Chromium is not installed, so the browser tests did not run (apt-get install chromium)"


def _chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark browser tests, so that `-m 'not browser'` leaves them out."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser."""
    path = _chromium_path()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(_MISSING)
    return path or pytest.skip(_MISSING)
