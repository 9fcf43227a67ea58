"""The real app in a real browser; every test watches for errors and for requests that leave the machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from docs.screenshots import launch, serve, settle
from quota import sample
from quota.workspace import Workspace

# The machine may be busy with other tests.
expect.set_options(timeout=30_000)
HERE = {"127.0.0.1", "localhost", ""}


@dataclass
class Visitor:
    """Somebody with a browser, and what went wrong while they looked around."""

    context: BrowserContext
    address: str = ""
    troubles: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        """A new tab at `path`, once it is drawn."""
        page = self.context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("dialog", lambda dialog: self.troubles.append(f"a dialog: {dialog.message}"))
        page.goto(self.address + path)
        settle(page)
        return page

    def leave(self) -> None:
        """Close every tab; one that still loads would miss a server that stops."""
        for page in self.context.pages:
            page.close()

    def _listen(self, said: ConsoleMessage) -> None:
        # On a deep link Streamlit's front end looks for its server below the page first.
        seeking = said.location["url"].endswith(("/_stcore/health", "/_stcore/host-config"))
        if said.type == "error" and not seeking:
            self.troubles.append(said.text)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all tests."""
    yield from launch(chromium)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the sample, to be copied."""
    folder = tmp_path_factory.mktemp("loaded") / "workspace"
    workspace = Workspace.open(folder)
    for _ in sample.load(workspace, by="lead@example.com", now=datetime(2026, 10, 1, 8, 0, tzinfo=UTC)):
        pass
    return folder


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """A visitor from Britain; at the end nothing must have gone wrong, and no request have left."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    visitor = Visitor(context)
    context.on("request", lambda request: _note_if_outside(request.url, visitor))
    yield visitor
    context.close()
    assert visitor.troubles == []


@pytest.fixture
def empty_app(visitor: Visitor, tmp_path: Path) -> Iterator[Visitor]:
    """The visitor of a fresh server on a new workspace."""
    with serve(tmp_path / "workspace") as visitor.address:
        yield visitor
        visitor.leave()


@pytest.fixture
def sample_app(visitor: Visitor, loaded: Path, tmp_path: Path) -> Iterator[Visitor]:
    """The visitor of a fresh server on a copy of the sample."""
    shutil.copytree(loaded, tmp_path / "workspace")
    with serve(tmp_path / "workspace") as visitor.address:
        yield visitor
        visitor.leave()


def _note_if_outside(url: str, visitor: Visitor) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("data", "blob") and parts.hostname not in HERE:
        visitor.troubles.append(f"a request left the machine: {url}")
