"""Every engine gives the same cube of the same workspace."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from quota import columns as c
from quota import engines
from quota.errors import BadRequest
from quota.rollup import ENTITY, FIRST
from quota.workspace import Workspace
from tests.test_workspace import NOW, event, put

OTHERS = [
    pytest.param(
        "duckdb", marks=pytest.mark.skipif(not find_spec("duckdb"), reason="duckdb is not installed")
    ),
    pytest.param(
        "spark", marks=pytest.mark.skipif(not find_spec("pyspark"), reason="pyspark is not installed")
    ),
]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "work space")


def fill(workspace: Workspace) -> None:
    """Two imports that overlap, one undone in between, keys withdrawn, every column used once."""
    rich = {c.AMOUNT: 10.5, c.CURRENCY: "EUR", c.NEW_CUSTOMER: True, c.OUTCOME: "held", c.DEAL: "D1"}
    put(workspace, event("a") | rich, event("b"), event("c", 10) | {c.DIRECTION: "in", c.TEAM: "North"})
    undone = put(workspace, event("a", count=9), event("d", count=9))
    put(
        workspace,
        event("a", count=3) | {c.ACCOUNT: "Acme"},
        event("b", withdrawn=True),
        event("a", source="phone"),
    )
    workspace.undo(undone.import_id, by="ann", now=NOW)


def ordered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(list(frame.columns), ignore_index=True)


@pytest.mark.parametrize("engine", OTHERS)
def test_engines_agree(workspace: Workspace, engine: str) -> None:
    fill(workspace)
    for roll_up in (engines.cube, engines.first):
        here, there = ordered(roll_up(workspace)), ordered(roll_up(workspace, engine=engine))
        pd.testing.assert_frame_equal(here, there)
        assert len(here)


@pytest.mark.parametrize("engine", ["pandas", *OTHERS])
def test_an_empty_workspace_has_an_empty_cube_with_every_column(workspace: Workspace, engine: str) -> None:
    cube = engines.cube(workspace, engine=engine)
    assert cube.empty
    assert list(cube.columns) == [*c.CUBE_KEYS, *c.MEASURES]
    assert {name: str(dtype) for name, dtype in cube.dtypes.items()} == {
        **dict.fromkeys((c.REP, c.TEAM, c.KIND, c.DIRECTION, c.OUTCOME, c.CURRENCY), "str"),
        c.DAY: "datetime64[us]",
        c.NEW_CUSTOMER: "boolean",
        c.COUNT: "int64",
        c.AMOUNT: "float64",
        c.UNITS: "float64",
    }


def test_the_cube_counts_what_is_visible(workspace: Workspace) -> None:
    fill(workspace)
    cube = engines.cube(workspace)
    assert sorted(cube[c.COUNT]) == [1, 4]
    assert cube[c.AMOUNT].isna().all()
    assert engines.cube(workspace, as_of=workspace.imports()[c.AT][0])[c.AMOUNT].sum() == 10.5


def test_first_reached_names_the_entity(workspace: Workspace) -> None:
    put(workspace, event("a", 12) | {c.ACCOUNT: "Acme"}, event("b", 10) | {c.ACCOUNT: "Acme"}, event("c", 9))
    first = engines.first(workspace)
    assert list(first[ENTITY]) == ["Acme"]
    assert list(first[FIRST]) == [pd.Timestamp(2026, 11, 10, 9)]


def test_an_unknown_or_missing_engine_is_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadRequest, match="unknown_engine"):
        engines.cube(workspace, engine="abacus")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(BadRequest, match="engine_missing"):
        engines.cube(workspace, engine="duckdb")
