"""`python -m quota` in this process, held to its contract by whoever asks it for JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from quota import cli, i18n
from quota.errors import BadRequest


class Quota:
    """`python -m quota --workspace W`."""

    def __init__(self, location: Path) -> None:
        self.location = location

    def run(self, *arguments: str | Path, lang: str = "en") -> Result:
        given = ["--workspace", str(self.location), "--lang", lang, *map(str, arguments)]
        return CliRunner().invoke(cli.main, given)

    def json(self, *arguments: str | Path, status: int = 0) -> Any:
        """The JSON answer, which stands alone on standard output and is strict."""
        told = self.run(*arguments, "--json")
        assert told.exit_code == status, told.output
        assert not status or told.stderr
        return json.loads(told.stdout, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))

    def plain(self, *arguments: str | Path, lang: str = "en") -> str:
        told = self.run(*arguments, lang=lang)
        assert told.exit_code == 0, told.output
        assert told.stderr == ""
        return told.stdout

    def refused(self, *arguments: str | Path, lang: str = "en") -> str:
        """What standard error says when it could not; nothing is on standard output."""
        told = self.run(*arguments, lang=lang)
        assert told.exit_code == 2, told.output
        assert told.stdout == ""
        assert "Traceback" not in told.stderr
        return told.stderr.removesuffix("\n")


def says(code: str, lang: str = "en", **details: object) -> str:
    return i18n.error_message(BadRequest(code, **details), lang)
