"""What can go wrong, as a code and the details that fill its sentence.

The sentences themselves live in the language catalogues under ``error.<code>``;
`quota.i18n.message` writes them out. Nothing here knows a language.
"""

from __future__ import annotations


class QuotaError(Exception):
    """Something could not be done, and nothing was changed."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way back from a child process with code and details."""
        return _rebuild, (type(self), self.code, self.details)

    def __str__(self) -> str:
        filled = ", ".join(f"{name}={value}" for name, value in self.details.items())
        return f"{self.code} ({filled})" if filled else self.code


class UnreadableFile(QuotaError):
    """A file that cannot be read as a table at all; nothing of it is stored."""


class BadRequest(QuotaError):
    """The caller asked for something that does not exist or makes no sense."""


class StorageFault(QuotaError):
    """The workspace could not be read or written."""


def _rebuild(kind: type[QuotaError], code: str, details: dict[str, object]) -> QuotaError:
    return kind(code, **details)
