"""The workspace: the only door to storage.

Nothing is ever overwritten. Every table is an append-only Delta Lake log; what you see
is the latest row per identity among the imports that are active as of a moment. The row
in `imports` is the commit: rows whose import is not there do not exist.
"""

from quota.workspace.fates import FATES
from quota.workspace.workspace import Receipt, Scan, Workspace

__all__ = ["FATES", "Receipt", "Scan", "Workspace"]
