"""From the command to the first page, against an app that is nothing but a title."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.measure import QUOTA, Line, at_most, medians
from quota import sample
from quota.workspace import Workspace

_ROOT = Path(__file__).parents[1]
_PATIENCE = 60.0


def first_page(folder: Path, rounds: int = 5) -> list[Line]:
    """With nothing imported yet, and with the sample data."""
    bare = folder / "bare.py"
    bare.write_text('import streamlit as st\n\nst.title("Hello")\n', encoding="utf-8")
    filled = folder / "workspace-sample"
    list(sample.load(Workspace.open(filled), by="bench", now=datetime.now(UTC)))
    lines = []
    for state, location in (("empty", folder / "workspace-empty"), ("sample data", filled)):
        contenders = {QUOTA: _start(_ROOT / "app.py", location), "bare st.title": _start(bare, location)}
        times = medians(contenders, rounds)
        lines.append(at_most(f"start to first page, {state}", times, "bare st.title", 1.5))
    return lines


def _start(script: Path, workspace: Path) -> Callable[[], object]:
    def run() -> None:
        port = _free_port()
        command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        env = os.environ | {"QUOTA_WORKSPACE": str(workspace)}
        server = subprocess.Popen(command, cwd=_ROOT, env=env, **quiet)
        try:
            asyncio.run(_until_first_page(f"ws://127.0.0.1:{port}/_stcore/stream"))
        finally:
            server.kill()
            server.wait()

    return run


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _until_first_page(url: str) -> None:
    """Ask for the first page as a browser does, and wait until its script has finished."""
    deadline = monotonic() + _PATIENCE
    while monotonic() < deadline:
        try:
            async with websockets.connect(url, subprotocols=["streamlit"], max_size=None) as page:
                await page.send(BackMsg(rerun_script={"query_string": ""}).SerializeToString())
                await asyncio.wait_for(_finished(page), _PATIENCE)
                return
        except OSError:
            await asyncio.sleep(0.01)
    raise TimeoutError(url)


async def _finished(page: websockets.ClientConnection) -> None:
    async for data in page:
        message = ForwardMsg.FromString(data)
        if message.delta.new_element.WhichOneof("type") == "exception":
            raise RuntimeError(message.delta.new_element.exception.message)
        if message.WhichOneof("type") == "script_finished":
            return
