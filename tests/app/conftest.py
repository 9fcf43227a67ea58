"""The app without a browser: a workspace of its own per test, empty or with the sample in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from quota import sample
from quota.workspace import Workspace

ROOT = Path(__file__).parents[2]
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the sample, not to be changed: see `sampled`."""
    folder = tmp_path_factory.mktemp("loaded") / "workspace"
    workspace = Workspace.open(folder)
    for _ in sample.load(workspace, by="lead@example.com", now=datetime(2026, 10, 1, 8, 0, tzinfo=UTC)):
        pass
    return folder


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app looks at a new workspace."""
    monkeypatch.setenv("QUOTA_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path / "workspace"


@pytest.fixture
def sampled(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app looks at a copy of the sample, which the test may change."""
    shutil.copytree(loaded, tmp_path / "workspace")
    monkeypatch.setenv("QUOTA_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path / "workspace"


@pytest.fixture
def look(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app looks at the sample itself; for tests that change nothing."""
    monkeypatch.setenv("QUOTA_WORKSPACE", str(loaded))
    return loaded


@pytest.fixture
def visit() -> Iterator[Open]:
    """Open a page as a new visitor: `visit("funnel", locale="da-DK", period="2026-09")`."""

    def opened(page: str = "overview", *, locale: str = "en-GB", **address: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "quota/ui/shell.py"), default_timeout=60)
        app.context = {"locale": locale, "timezone": "Europe/Copenhagen"}
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
        return go(app, page) if page != "overview" else sound(app)

    return opened


def go(app: AppTest, page: str) -> AppTest:
    """Switch to a page."""
    return sound(app.switch_page(f"../../pages/{page}.py").run())


def sound(app: AppTest) -> AppTest:
    """The app, which must not have raised anything."""
    assert not app.exception, app.exception[0].message + "\n".join(app.exception[0].stack_trace)
    return app


def words(app: AppTest) -> str:
    """Everything that the page says, for a look at what is in it."""
    kinds = (
        app.title,
        app.subheader,
        app.markdown,
        app.caption,
        app.info,
        app.warning,
        app.error,
        app.success,
    )
    return (
        "\n".join(str(element.value) for kind in kinds for element in kind)
        .replace("\\", "")
        .replace("\N{WORD JOINER}", "")
    )
