"""What is remembered, as the workspace stores it: one row per preset, its content as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields

import pandas as pd
import pyarrow as pa

from quota import columns as c
from quota.ingest.records import Preset
from quota.names import folded


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


def rep(written: str, name: str) -> Preset:
    """That a rep as written stands for a name; "" for nobody else."""
    return Preset(f"rep:{folded(written)}", reps={written: name})


def said_of_reps(presets: Iterable[Preset]) -> dict[str, str]:
    """Whom each rep as written stands for, "" for nobody else; the later preset holds."""
    return {spelling: name for preset in presets for spelling, name in preset.reps.items()}


def as_json(preset: Preset) -> dict[str, object]:
    """A preset as plain values, what is empty left out."""
    content = {field.name: getattr(preset, field.name) for field in fields(preset)}
    plain = {name: dict(value) if isinstance(value, Mapping) else value for name, value in content.items()}
    return {name: value for name, value in plain.items() if value or value is False}


def from_json(content: dict[str, object]) -> Preset:
    """The preset that `as_json` wrote."""
    return _read(str(content["fingerprint"]), {**content, "fingerprint": None})


def _written(preset: Preset) -> str:
    content = as_json(preset)
    del content["fingerprint"]
    return json.dumps(content, ensure_ascii=False)


def _read(fingerprint: str, content: dict[str, object]) -> Preset:
    """A preset as it was written; what a later version added is left out."""
    known = {field.name for field in fields(Preset)} - {"fingerprint"}
    held = {name: value for name, value in content.items() if name in known}
    return Preset(fingerprint, **{**held, "headings": tuple(held.get("headings", ()))})  # type: ignore[arg-type]
