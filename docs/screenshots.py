"""Makes the pictures in the README: `make screenshots`. With `--all FOLDER` every page in every look.

It starts the app on a workspace of its own, loads the sample as a first visitor would, and
takes pictures with Chromium. The tests in a browser start the app the same way.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
PAGES = ("overview", "progress", "funnel", "leaderboard", "data", "people")
PICTURES = {
    "": "overview-light.png",
    "?period=2026-09": "overview-dark.png",
    "progress": "progress-light.png",
    "funnel?period=2026-09": "funnel-light.png",
}
LOOKS = ("light", "dark")
WIDTHS = (1280, 390)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@contextmanager
def serve(workspace: Path) -> Iterator[str]:
    """The address of the app, started afresh on `workspace` and stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    log = (workspace.parent / f"server-{port}.log").open("wb")
    server = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "QUOTA_WORKSPACE": str(workspace)}, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(address)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def launch(chromium: str) -> Iterator[Browser]:
    """Chromium without a window, which asks nobody anything."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


def settle(page: Page) -> None:
    """Wait until the page is drawn: the script has run and its charts stand."""
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", timeout=60_000)
    page.wait_for_timeout(300)
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", timeout=60_000)


def load_sample(page: Page, address: str) -> None:
    """Load the sample as a first visitor would."""
    page.goto(address)
    settle(page)
    page.get_by_role("button", name="Load the sample workspace").click()
    page.get_by_text("Who needs help").wait_for(timeout=120_000)
    settle(page)


def shoot(browser: Browser, address: str, name: str, look: str, width: int, file: Path) -> None:
    """One page, as long as it is."""
    height = 900 if width > 500 else 844
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=look, locale="en-GB", device_scale_factor=1
    )
    page = context.new_page()
    page.goto(f"{address}/{name}")
    settle(page)
    page.wait_for_timeout(700)
    tall = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": max(height, min(tall + 20, 4000))})
    page.wait_for_timeout(700)
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=file)
    context.close()


def main() -> None:
    """Take the pictures."""
    everything = Path(sys.argv[2]) if sys.argv[1:2] == ["--all"] else None
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is not installed (apt-get install chromium)")
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "workspace") as address:
        for browser in launch(chromium):
            if everything:
                _every_look(browser, address, everything / "empty")
            load_sample(browser.new_page(locale="en-GB"), address)
            if everything:
                _every_look(browser, address, everything / "sample")
                return
            for path, file in PICTURES.items():
                look = "dark" if file.endswith("-dark.png") else "light"
                shoot(browser, address, path, look, 1280, IMAGES / file)


def _every_look(browser: Browser, address: str, folder: Path) -> None:
    for name in PAGES:
        for look in LOOKS:
            for width in WIDTHS:
                shoot(browser, address, name, look, width, folder / f"{name}-{look}-{width}.png")


def _wait_until_healthy(address: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"the app did not start at {address}")


if __name__ == "__main__":
    main()
