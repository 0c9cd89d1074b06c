"""A scan on disk: one immutable folder a question, arrays memory-mapped, and which came last."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.analysis.view import View
from graph.analysis.whole_graph import LEVELS, Scan
from graph.analysis.working import alike
from graph.errors import AnalysisError
from graph.policy.read import Levels
from graph.snapshot.folder import sync, write_folder

# The form of the folder; it is part of every key.
FORM = 3
MANIFEST = "manifest.json"
# Beside the results: how large the radius was found, which depends on where the search began.
CHECK = "check.json"
# One line a run, the last is the latest.
RUNS = "runs.txt"
_KEY_DIGITS = 16
ARRAYS = ("exposure", "floor", "own_ppm", "gaps", "least", "level", "settled")
# So many bytes are written, then hashed, at a time: they are still near the processor.
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Question:
    """All that a scan is a function of; `digest` is the policy's, `policy` how it is named.

    Days are ISO; `known_at` is None where all that is loaded counts.
    """

    snapshot: str
    policy: str
    digest: str
    hops: int
    as_of: str
    known_at: str | None = None

    @property
    def key(self) -> str:
        """Return 16 hex digits that name the folder."""
        text = json.dumps({"form": FORM} | asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:_KEY_DIGITS]


def question_of(view: View, hops: int, known_at: str | None = None) -> Question:
    """Return what a scan of a view within `hops` links is a function of."""
    policy = view.policy
    return Question(
        view.snapshot.id, policy.version, policy.digest, hops, view.as_of.isoformat(), known_at
    )


@dataclass(frozen=True)
class KeptScan:
    """A scan on disk; nothing of its arrays is read before it is asked for."""

    folder: Path
    question: Question
    manifest: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Return the name of the folder."""
        return self.folder.name

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many parties are at each level, and how many `exposed` and `weak`."""
        counted: Mapping[str, int] = self.manifest["counts"]
        return counted

    @property
    def radius(self) -> float:
        """Return the spectral radius that was found when the scan was computed."""
        return float(self._check["radius"])

    @property
    def reckoned_on(self) -> bool:
        """Return whether it goes on from another: then the radius follows from that one's.

        It is an estimate; that it is not above the limit of the policy was shown all the same.
        """
        return self._check["reckoned_on_from"] is not None

    @property
    def _check(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads((self.folder / CHECK).read_text(encoding="utf-8"))
        return found

    @cached_property
    def scan(self) -> Scan:
        """Return the scan with its arrays mapped into memory, by place in its snapshot."""
        arrays = {name: np.load(self.folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
        level = arrays.pop("level")
        found = Scan(
            **arrays,
            hops=self.question.hops,
            radius=self.radius,
            policy=self.question.policy,
            snapshot=self.question.snapshot,
            bounds=Levels.model_validate(self.manifest["bounds"]),
        )
        vars(found)["level"] = level
        return found


def keep_scan(
    root: Path,
    question: Question,
    found: Scan,
    counts: Mapping[str, int],
    base: KeptScan | None = None,
) -> KeptScan:
    """Write a scan under `root` and return it as kept; one that is there whole is left as it is.

    `base` is the scan from which it was reckoned on: an array that is as it is there is not written
    again. The bytes of all but CHECK follow from the question alone.

    Raises:
        AnalysisError: the folder cannot be written.
    """
    there = open_scan(root / question.key)
    if there is not None:
        return there

    def fill(folder: Path) -> None:
        files = {}
        for name in sorted(ARRAYS):
            array = np.ascontiguousarray(getattr(found, name))
            file = folder / f"{name}.npy"
            files[file.name] = _linked(file, array, base) or _written(file, array)
        manifest = {
            "form": FORM,
            "question": asdict(question),
            "bounds": found.bounds.model_dump(),
            "levels": LEVELS,
            "counts": dict(counts),
            "files": files,
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
        check = json.dumps({"radius": found.radius, "reckoned_on_from": base and base.key})
        (folder / CHECK).write_text(check + "\n", encoding="utf-8")

    try:
        folder = write_folder(root, question.key, fill)
    except OSError as error:
        raise AnalysisError("scan", str(root), f"cannot be written: {error.strerror}") from error
    kept = open_scan(folder)
    if kept is None:
        raise AnalysisError("scan", str(folder), "was not kept whole")
    return kept


def _written(path: Path, array: NDArray[Any]) -> dict[str, Any]:
    """Write an array as numpy.save does; return how many bytes, and their SHA-256."""
    head = BytesIO()
    described = np.lib.format.header_data_from_array_1_0(array)
    np.lib.format.write_array_header_1_0(head, described)
    data = array.reshape(-1).view(np.uint8).data
    digest = hashlib.sha256(head.getvalue())
    with path.open("wb") as file:
        file.write(head.getvalue())
        for begin in range(0, data.nbytes, _PIECE):
            piece = data[begin : begin + _PIECE]
            file.write(piece)
            digest.update(piece)
        return {"bytes": file.tell(), "sha256": digest.hexdigest()}


def _linked(path: Path, array: NDArray[Any], base: KeptScan | None) -> dict[str, Any] | None:
    """Let a file be that of another scan where it holds the same array; None where it cannot."""
    if base is None:
        return None
    other = base.folder / path.name
    if not alike(np.load(other, mmap_mode="r"), array):
        return None
    try:
        path.hardlink_to(other)
    except OSError:
        # Not every disk can do so.
        return None
    said: dict[str, Any] = base.manifest["files"][path.name]
    return said


def open_scan(folder: Path) -> KeptScan | None:
    """Return the scan in a folder, or None where none stands there whole."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["form"] != FORM or not (folder / CHECK).is_file():
            return None
        for name, said in manifest["files"].items():
            if (folder / name).stat().st_size != said["bytes"]:
                return None
        return KeptScan(folder, Question(**manifest["question"]), manifest)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note_run(root: Path, key: str) -> None:
    """Say that a scan was asked for: it is the latest from now on.

    Raises:
        AnalysisError: the file cannot be written.
    """
    path = root / RUNS
    try:
        # A line that a killed process left without its end was never said.
        held = path.read_bytes() if path.is_file() else b""
        whole = held[: held.rfind(b"\n") + 1]
        if len(whole) < len(held):
            os.truncate(path, len(whole))
        if whole.splitlines()[-1:] == [key.encode()]:
            return
        with path.open("ab") as file:
            file.write(key.encode() + b"\n")
        sync(path)
        sync(root)
    except OSError as error:
        raise AnalysisError("scan", str(path), f"cannot be written: {error.strerror}") from error


def runs(root: Path) -> list[str]:
    """Return the keys of the scans that were asked for, the latest last, each once."""
    path = root / RUNS
    lines = path.read_bytes().rpartition(b"\n")[0].decode().split("\n") if path.is_file() else []
    latest_first = dict.fromkeys(line for line in reversed(lines) if line)
    return [*latest_first][::-1]
