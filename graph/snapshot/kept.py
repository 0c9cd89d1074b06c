"""Which snapshots a workspace still keeps, and which of them came before another."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import SnapshotError
from graph.snapshot import form


@dataclass(frozen=True, slots=True)
class Kept:
    """One snapshot on disk: its id, and the batches and judgements that it was made from."""

    id: str
    batches: frozenset[str]
    judgements: int
    written: float


def kept(root: Path) -> list[Kept]:
    """Return every snapshot under `root` that this version reads, in order of id."""
    found = []
    for path in sorted(root.glob(f"*/{form.MANIFEST}")):
        try:
            manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            inputs = manifest["inputs"]
            if manifest["format"] in form.READ and path.parent.name == manifest["id"]:
                batches = frozenset(inputs.get("batches", ()))
                judged = len(inputs.get("judgements", ()))
                found.append(Kept(manifest["id"], batches, judged, path.stat().st_mtime))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # What cannot be read is none to go back to; opening it by name says why.
            continue
    return found


def before(root: Path, current: str) -> str:
    """Return the snapshot before one: made from the most of its batches, and of these the latest.

    Raises:
        SnapshotError: none is kept but this one.
    """
    known = kept(root)
    mine = next((one for one in known if one.id == current), None)
    others = [one for one in known if one.id != current]
    if mine is None or not others:
        rule = "is the only snapshot that is kept: there is none before it to compare with"
        raise SnapshotError("snapshot", current, rule)
    # Later loads know more batches: those are not before it, unless nothing else is kept.
    earlier = [one for one in others if one.batches <= mine.batches] or others
    return max(earlier, key=lambda one: (len(one.batches & mine.batches), one.written, one.id)).id


def named(root: Path, text: str) -> str:
    """Return the id of the one kept snapshot whose id begins so.

    Raises:
        SnapshotError: none or several do; those that are kept are named.
    """
    ids = [one.id for one in kept(root)]
    found = [one for one in ids if one.startswith(text)] if text else []
    if len(found) != 1:
        rule = f"is no snapshot that is kept; kept are {len(ids)}: {', '.join(ids) or 'none'}"
        raise SnapshotError("snapshot", text, rule)
    return found[0]
