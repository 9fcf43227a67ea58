"""What is remembered, as the workspace stores it: one row per preset, its content as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields

import pandas as pd
import pyarrow as pa

from quota import columns as c
from quota.ingest.records import Preset


def rows(presets: Iterable[Preset], *, withdrawn: bool = False) -> pa.Table:
    """Presets → fingerprint, mapping, withdrawn; of equal fingerprints the last one counts."""
    kept = {preset.fingerprint: preset for preset in presets}
    return pa.table(
        {
            "fingerprint": pa.array(list(kept), pa.string()),
            "mapping": pa.array([_written(preset) for preset in kept.values()], pa.string()),
            c.WITHDRAWN: pa.array([withdrawn] * len(kept), pa.bool_()),
        }
    )


def read(stored: pd.DataFrame) -> tuple[Preset, ...]:
    """The presets in a frame with fingerprint and mapping, in its order."""
    return tuple(
        _read(fingerprint, json.loads(mapping))
        for fingerprint, mapping in zip(stored["fingerprint"], stored["mapping"], strict=True)
    )


def said_of_reps(presets: Iterable[Preset]) -> dict[str, str]:
    """Whom each rep as written stands for, "" for nobody else; the later preset holds."""
    return {spelling: name for preset in presets for spelling, name in preset.reps.items()}


def _written(preset: Preset) -> str:
    content = {field.name: getattr(preset, field.name) for field in fields(preset)}
    return json.dumps(
        {name: value for name, value in content.items() if value and name != "fingerprint"},
        ensure_ascii=False,
    )


def _read(fingerprint: str, content: dict[str, object]) -> Preset:
    """A preset as it was written; what a later version added is left out."""
    known = {field.name for field in fields(Preset)}
    held = {name: value for name, value in content.items() if name in known}
    return Preset(fingerprint, **{**held, "headings": tuple(held.get("headings", ()))})  # type: ignore[arg-type]
