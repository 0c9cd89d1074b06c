"""What a snapshot says of itself: its id, and whether all of it is there."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graph.errors import SnapshotError
from graph.snapshot import form

_ID_DIGITS = 16
_NEEDED = {"id", "format", "counts", "codes", "files"}


def snapshot_id(inputs: Mapping[str, object]) -> str:
    """Return the id of the snapshot that is a function of `inputs`: 16 hex digits."""
    content = {"format": form.FORMAT, "inputs": inputs}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what the snapshot in a folder says of itself; no more of it is read.

    Raises:
        SnapshotError: it is not there, of another form, or a file is missing or cut short.
    """
    path = folder / form.MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SnapshotError(
            "snapshot", str(folder), f"has no readable manifest: {error}"
        ) from error
    if not isinstance(manifest, dict) or not manifest.keys() >= _NEEDED:
        raise SnapshotError("snapshot", str(path), "is no manifest; load again")
    if manifest["format"] not in form.READ:
        raise SnapshotError(
            "snapshot",
            manifest["format"],
            f"must have form {form.FORMAT}; `xinmai load --rebuild` makes it anew",
        )
    for kind, words in form.CODES.items():
        if manifest["codes"].get(kind) != list(words):
            raise SnapshotError(
                "snapshot", kind, "are of an older schema; `xinmai load --rebuild` makes it anew"
            )
    for name, said in manifest["files"].items():
        file = folder / name
        if not file.is_file() or file.stat().st_size != said["bytes"]:
            raise SnapshotError("snapshot", str(file), "is missing or damaged; load again")
    return manifest


def is_whole(folder: Path) -> bool:
    """Return whether a snapshot stands here with every file as its manifest says."""
    try:
        read_manifest(folder)
    except SnapshotError:
        return False
    return True
