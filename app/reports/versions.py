"""Which libraries, programs and fonts make a report's files: archived, to explain other bytes."""

import hashlib
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

from app.reports.picture import FONT

_LIBRARIES = ("xinmai", "Jinja2", "weasyprint", "pydyf", "fonttools", "python-docx", "xlsxwriter")
_SECONDS = 20
_APP = Path(__file__).resolve().parents[1]
_SOURCES, _DIGITS = (".py", ".yml", ".j2", ".css"), 12


@cache
def versions() -> dict[str, str]:
    """Return the versions by name; a program that is not there has none."""
    found = {name: version(name) for name in _LIBRARIES}
    found["程序"] = _program()
    found["graphviz"] = _said("dot", "-V").removeprefix("dot - graphviz version ")
    found[FONT] = " ".join(_said("fc-match", "--format=%{fontversion}", FONT).split()) or "—"
    return found


def _program() -> str:
    """Return a digest of all that words a report: another program may word it otherwise."""
    digest = hashlib.sha256()
    for room in ("reports", "presenters", "texts"):
        for path in sorted((_APP / room).rglob("*")):
            if path.suffix in _SOURCES:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:_DIGITS]


def _said(*command: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed words
            command, capture_output=True, timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return "—"
    return (done.stdout or done.stderr).decode(errors="replace").strip()
