"""The bytes of every upload, kept for good under their sha256; a client's file name is never used."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path

from quota.errors import BadRequest
from quota.workspace.store import Store, faults, synced

FOLDER = "uploads"
_PIECE = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


def keep(store: Store, sha256: str, data: bytes | Path) -> None:
    """Keep `data` unless it is there already: all of it or nothing, whenever the machine stops."""
    path = _path(sha256)
    with faults(store.location):
        if _is_there(store, path):
            return
        store.files.create_dir(FOLDER)
        if store.local:
            _keep_on_disk(Path(store.location, path), data)
        else:
            _keep_in_store(store, path, data if isinstance(data, bytes) else data.read_bytes())


def fetch(store: Store, sha256: str) -> bytes:
    """The bytes kept under `sha256`; raises `BadRequest` when there are none."""
    path = _path(sha256)
    with faults(store.location):
        if not _is_there(store, path):
            raise BadRequest("unknown_upload", sha256=sha256)
        with store.files.open_input_stream(path) as source:
            return bytes(source.read())


def _path(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise BadRequest("unknown_upload", sha256=sha256[:64])
    return f"{FOLDER}/{sha256}"


def _is_there(store: Store, path: str) -> bool:
    return bool(store.files.get_file_info(path).is_file)


def _keep_in_store(store: Store, path: str, content: bytes) -> None:
    # The object appears when the stream is closed, so nothing may fail to be read meanwhile.
    # Pieces have to be smaller than the buffer: larger ones are not accepted below.
    with store.files.open_output_stream(path, buffer_size=2 * _PIECE) as target:
        for start in range(0, len(content), _PIECE):
            target.write(content[start : start + _PIECE])


def _keep_on_disk(path: Path, data: bytes | Path) -> None:
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as target:
            if isinstance(data, bytes):
                target.write(data)
            else:
                with data.open("rb") as source:
                    shutil.copyfileobj(source, target, _PIECE)
            target.flush()
            os.fsync(target.fileno())
        unfinished.replace(path)
        if os.name == "posix":  # elsewhere a folder cannot be opened
            synced(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)
