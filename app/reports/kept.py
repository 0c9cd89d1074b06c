"""Files of issued reports that are in the workspace, unchanged since they were written."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from app.desk.archive import Archive
from app.workspace import Workspace

# Where screens have reports made: below a job's folder; and where the first ones were put.
_PLACES = ("jobs/*/result", "reports")
CERTIFICATE = ".certificate.json"


def kept(workspace: Workspace, number: str) -> list[Path]:
    """Return the files of a report, one a form, each as it was written; its annex with them."""
    archive = Archive(f"sqlite:///{workspace.desk}")
    try:
        written = archive.written(number)
    finally:
        archive.close()
    found: dict[str, Path] = {}
    for path in _files(workspace, number):
        own = (path.suffix.removeprefix("."), _sha256(path)) in written
        if own or path.name.endswith(CERTIFICATE):
            found.setdefault(path.name, path)
    # An annex alone is no report.
    reports = [name for name in found if not name.endswith(CERTIFICATE)]
    return [found[name] for name in sorted(found)] if reports else []


def _files(workspace: Workspace, number: str) -> Iterator[Path]:
    for place in _PLACES:
        yield from sorted(workspace.folder.glob(f"{place}/{number}.*"))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
