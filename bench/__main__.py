"""`python -m bench [import|xlsx|memory|page|quotas|start …]`: measure, and print a markdown table."""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import imports, memory, pages, quotas, start
from bench.measure import Line, table

PARTS: dict[str, Callable[[Path], list[Line]]] = {
    "import": imports.csv,
    "xlsx": imports.xlsx,
    "memory": memory.reading,
    "page": pages.rerun,
    "quotas": quotas.year,
    "start": start.first_page,
}


def main(chosen: list[str]) -> None:
    """Run the chosen parts, all of them if none is named."""
    if unknown := set(chosen) - set(PARTS):
        sys.exit(f"No such part: {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}.")
    lines = []
    with tempfile.TemporaryDirectory(prefix="quota-bench-") as folder:
        for name in chosen or PARTS:
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            lines += PARTS[name](Path(folder))
    print(f"Python {platform.python_version()} on {platform.system()}, medians of one run side by side\n")
    print(table(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
