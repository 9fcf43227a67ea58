"""Write the six files and their README: `python -m sample_data.make [FOLDER]`.

The same bytes every time: chance is seeded, and the clock that openpyxl puts into a
workbook is taken out again.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from openpyxl import Workbook

from sample_data.boston import Entry, entries
from sample_data.exports import Export, deal_export, hubspot, roster, salesforce, tracker, weeks
from sample_data.organisation import BY_NAME, LAST, RAJ
from sample_data.work import quarter

_EPOCH = (2026, 10, 1, 8, 0, 0)
_README = f"""# Sample data

Six made-up exports of one organisation's third quarter of 2026, from Monday 29 June
(2026-W27) to Wednesday {LAST.day} September (in 2026-W40): twelve reps in København, Helsinki and
Boston. People, companies and figures are invented. `python -m sample_data.make` writes
the files and this page, the same bytes every time.

No activity stands in two files. København and Helsinki count touches, meetings and
proposals in sheets of their own; Boston logs them one by one, {RAJ} and Emily Carter in
Salesforce, Sam Ortiz and Grace Nguyen in HubSpot; opportunities of all teams come from the
deals export, which also holds deals created since May that were still open on 1 July.
København's `Ordrer` are repeat orders by phone, which never pass through the pipeline, and
its reps are written by first name: the roster's aliases say who they are.

**Raj's month.** In September 2026 {RAJ}, who opens and leaves meetings to the account
executives, made 150 calls, sent 200 e-mails and made 50 social contacts; 30 opportunities
came of them: 400 touches → 30, 7.5 %. What he received, what customers began and what he
only planned stands in the same file and does not count.

`rows` are those under the heading, totals and footer included. `done` is work done by the
rep; `aside` is in the file and is not.

| file | imitates | rows | done | aside |
|---|---|---:|---|---|
"""


def exports() -> list[Export]:
    """The six, freshly made."""
    counts, pipeline = quarter()

    def logged(*names: str) -> list[Entry]:
        found = [entry for name in names for entry in entries(BY_NAME[name], counts[name])]
        return sorted(found, key=lambda entry: entry.at)

    return [
        tracker(counts),
        weeks(counts),
        salesforce(logged(RAJ, "Emily Carter")),
        hubspot(logged("Sam Ortiz", "Grace Nguyen")),
        deal_export(pipeline),
        roster(),
    ]


def write(folder: Path) -> None:
    """Write the six files and README.md into `folder`."""
    readme = _README
    for export in exports():
        content = export.content
        (folder / export.file).write_bytes(_frozen(content) if isinstance(content, Workbook) else content)
        cells = (f"`{export.file}`", export.imitates, f"{export.rows:,}")
        readme += f"| {' | '.join((*cells, _list(export.done), _list(export.aside)))} |\n"
    (folder / "README.md").write_text(readme, encoding="utf-8", newline="\n")


def _list(totals: Mapping[str, float]) -> str:
    return "; ".join(f"{name} {f'{n:,.2f}'.removesuffix('.00')}" for name, n in sorted(totals.items()))


def _frozen(book: Workbook) -> bytes:
    """The workbook's bytes without any trace of when it was saved."""
    saved, still = io.BytesIO(), io.BytesIO()
    book.save(saved)
    stamp = "{}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*_EPOCH).encode()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(still, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            part = zipfile.ZipInfo(name, _EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(part, content)
    return still.getvalue()


if __name__ == "__main__":
    write(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent)
