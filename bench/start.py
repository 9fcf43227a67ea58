"""From the command to the first page in a browser, against an app that is nothing but a title."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

from playwright.sync_api import Browser, Page, sync_playwright

from bench.measure import QUOTA, Line, at_most, medians
from quota import sample
from quota.workspace import Workspace

_ROOT = Path(__file__).parents[1]
_PATIENCE = 60.0
# Streamlit says so on its root element once a run's last element is on the page.
_DRAWN = "[data-testid=stApp][data-test-script-state=notRunning] h1"
_FAILED = "[data-testid=stException]"


def first_page(folder: Path, rounds: int = 5) -> list[Line]:
    """With nothing imported yet, and with the sample data; the browser itself is already open."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("start is not measured: Chromium is not installed", file=sys.stderr)
        return []
    bare = folder / "bare.py"
    bare.write_text('import streamlit as st\n\nst.title("Hello")\n', encoding="utf-8")
    filled = folder / "workspace-sample"
    list(sample.load(Workspace.open(filled), by="bench", now=datetime.now(UTC)))
    lines, floor = [], "bare st.title"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for state, location in (("empty", folder / "workspace-empty"), ("sample data", filled)):
            contenders = {
                QUOTA: _start(_ROOT / "app.py", location, browser),
                floor: _start(bare, location, browser),
            }
            times = medians(contenders, rounds)
            lines.append(at_most(f"start to first page, {state}", times, floor, 1.5))
        browser.close()
    return lines


def _start(script: Path, workspace: Path, browser: Browser) -> Callable[[], object]:
    def run() -> None:
        port = _free_port()
        command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
        env = os.environ | {"QUOTA_WORKSPACE": str(workspace)}
        quiet = subprocess.DEVNULL
        server = subprocess.Popen(command, cwd=_ROOT, env=env, stdout=quiet, stderr=quiet)
        page = browser.new_page()
        try:
            _until_drawn(page, port)
        finally:
            page.close()
            server.kill()
            server.wait()

    return run


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_drawn(page: Page, port: int) -> None:
    deadline = monotonic() + _PATIENCE
    while not _listening(port):
        if monotonic() > deadline:
            raise TimeoutError(f"nothing listens on port {port}")
        sleep(0.01)
    page.goto(f"http://127.0.0.1:{port}", wait_until="commit")
    page.wait_for_selector(_DRAWN, timeout=_PATIENCE * 1000)
    if page.query_selector(_FAILED):
        raise RuntimeError("the first page shows an error")


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
