"""States that are easily left over: many reps, long names, no quota, no storage, a fault; and the headers."""

from __future__ import annotations

import ast
import asyncio
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from quota import columns as c
from quota.errors import StorageFault
from quota.ui.headers import HEADERS, SecurityHeaders
from quota.ui.words import plain
from quota.workspace import Workspace
from tests.app.conftest import ROOT, Open, go, words

LONG = "Maximiliana-Alexandrine von und zu Hohenfels-Ruppertsberg III"


def put(folder: Path, names: list[str], *, quota: bool = True) -> None:
    """A workspace in which everybody made a call on Monday 16 and Tuesday 17 November."""
    events = [
        {
            c.KEY: f"{name}-{day}",
            c.REP: name,
            c.TS: datetime(2026, 11, day, 9),
            c.KIND: "call",
            c.COUNT: 1 + place % 3,
            c.SOURCE: "test",
            c.DIGEST: 1,
            c.WITHDRAWN: False,
        }
        for place, name in enumerate(names)
        for day in (16, 17)
    ]
    rule = {
        "quota": "Calls",
        "who": "everyone",
        "kind": "call",
        "measure": "count",
        "target": 10.0,
        "every": "week",
    }
    tables = {
        "activities": pa.Table.from_pylist(events, c.TIDY),
        "settings": pa.table({"name": ["today"], "value": ["2026-11-18"]}),
    }
    if quota:
        tables["quotas"] = pa.Table.from_pylist([{**rule, "every": "week"}], c.QUOTAS)
    Workspace.open(folder).commit(
        file="test.csv",
        data=None,
        sha256=hashlib.sha256(b"test").hexdigest(),
        by="test",
        now=datetime(2026, 11, 18, 9, tzinfo=UTC),
        tables=tables,
        rejects=None,
        record={"rows": len(events), "accepted": len(events), "skipped": 0, "rejected": 0, "mapping": None},
    )


def test_five_hundred_reps_are_paged_never_drawn_at_once(empty: Path, visit: Open) -> None:
    put(empty, [f"Rep {n:03d}" for n in range(500)])
    app = visit()
    assert app.title[0].value == "333 of 500 reps are on pace"
    assert "and 161 more reps behind or at risk" in words(app)
    assert len(go(app, "progress").dataframe[0].value) == 500
    for shown in ("chart", "periods"):
        app = visit("progress", show=shown)
        specs = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
        assert max(spec["layout"]["height"] for spec in specs) < 1500
    app = visit("funnel", by="rep")
    assert len(app.get("plotly_chart")) == 12
    assert len(visit("leaderboard").dataframe[0].value) == 500


def test_names_of_sixty_characters(empty: Path, visit: Open) -> None:
    put(empty, [LONG, "Bo"])
    for page in ("overview", "progress", "funnel", "leaderboard"):
        visit(page, rep=LONG)
    assert plain(LONG) in "\n".join(element.value for element in visit(rep=LONG).caption)


def test_one_rep_alone(empty: Path, visit: Open) -> None:
    put(empty, ["Bo"])
    app = visit()
    assert app.title[0].value == "Bo is at risk"
    for page in ("progress", "funnel", "leaderboard"):
        app = go(app, page)


def test_without_any_quota_the_next_step_is_named(empty: Path, visit: Open) -> None:
    put(empty, ["Ann", "Bo"], quota=False)
    app = visit()
    assert app.title[0].value == "Nobody has a quota in this period"
    assert "Set one under Quotas and people." in words(app)
    for page in ("progress", "funnel", "leaderboard"):
        app = go(app, page)
    assert "Ann has no quota in this period" in visit("progress", rep="Ann").info[0].value


@pytest.mark.parametrize("locale", ["en", "da", "fi"])
def test_a_fault_is_one_sentence_without_a_stack_trace(locale: str) -> None:
    def page(known: bool) -> None:
        from quota.errors import StorageFault
        from quota.ui.faults import explain

        fault = StorageFault("workspace_unreachable", location="/there", reason="no way")
        assert explain(fault if known else ZeroDivisionError("secret"))

    for known in (True, False):
        app = AppTest.from_function(page, args=(known,))
        app.context = {"locale": locale}
        said = app.run().error[0].value
        assert ("/there" in said) == known
        assert "secret" not in said
        assert "Error" not in said


def test_every_response_carries_the_security_headers() -> None:
    sent: list[dict[str, Any]] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {}

    asyncio.run(SecurityHeaders(inner)({"type": "http"}, receive, send))
    headers = dict(sent[0]["headers"])
    assert headers[b"x-own"] == b"1"
    assert {name.encode() for name in HEADERS} < headers.keys()


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "pages").glob("*.py")))
def test_a_page_is_a_short_script(page: str) -> None:
    text = (ROOT / "pages" / page).read_text("utf-8")
    tree = ast.parse(text)
    assert not [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)
    ]
    assert "pandas" not in text
    assert len(text.splitlines()) <= 80


def test_text_is_shown_letter_by_letter() -> None:
    assert plain("a*b_[c](d) :red[e] $f$ <g>") == r"a\*b\_\[c\]\(d\) :red\[e\] \$f\$ \<g\>"
    for trap in (":material/warning:", ":tada:", "http://evil.example", "www.evil.example", "a@evil.example"):
        shown = plain(trap).replace("\\", "")
        assert shown != trap
        assert shown.replace("\N{WORD JOINER}", "") == trap


def test_a_storage_fault_is_what_the_workspace_raises(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFault):
        Workspace.open(tmp_path / "file")
