"""What a page costs on the server once the data is loaded."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

from streamlit.testing.v1 import AppTest

from bench import inputs
from bench.imports import CSV_ROWS, fill
from bench.measure import Line, within
from quota.workspace import Workspace

_SHELL = Path(__file__).parents[1] / "quota" / "ui" / "shell.py"


def rerun(folder: Path, rounds: int = 9) -> list[Line]:
    """Overview in the middle of this week, at a million events and three quotas for 40 reps."""
    location = folder / "workspace-pages"
    workspace = Workspace.open(location)
    fill(inputs.write_quotas(folder / "quotas.csv"), workspace)
    fill(inputs.write_csv(folder / "pages.csv", CSV_ROWS, last=date.today()), workspace)
    os.environ["QUOTA_WORKSPACE"] = str(location)
    app = AppTest.from_file(str(_SHELL), default_timeout=120).run()
    times = []
    for _ in range(rounds):
        start = perf_counter()
        app.run()
        times.append(perf_counter() - start)
    if app.exception or not app.get("plotly_chart"):
        raise RuntimeError(f"Overview shows no chart: {app.exception}")
    return [within(f"Overview again at {CSV_ROWS:,} events", median(times), 0.1)]
