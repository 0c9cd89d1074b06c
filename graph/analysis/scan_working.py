"""What a scan worked out, kept so that the next one goes on from it; it may be deleted."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.chains import Chains
from graph.analysis.kernels.pairs import Pairs
from graph.analysis.scan_files import KeptScan
from graph.analysis.working import Radius, Working
from graph.snapshot.folder import write_folder

# Counted up when a kernel makes something else of the same graph.
FORM = 7
FOLDER = "working"
_META = "meta.json"
_AS_IT_IS = ("uids", "rows", "source", "target", "broad")
_HELD = ("once", "twice", "widest", "weights", "there", "into", "allowed")
# Behind what is read is room for what the next scan adds: a quarter of it, and a little.
_PART, _LEAST = 4, 1_000


def _roomy(length: int) -> int:
    return length + length // _PART + _LEAST if length else 0


def keep_working(root: Path, kept: KeptScan, working: Working) -> None:
    """Keep what a scan worked out in place of what the one before did; whole or not at all.

    Nothing is lost where it cannot be written: the next scan then looks at everything.
    """
    names = (*_AS_IT_IS, *_HELD)
    arrays: dict[str, NDArray[Any]] = {name: getattr(working, name) for name in names}
    arrays |= {f"pairs_{name}": array for name, array in working.pairs._asdict().items()}
    arrays |= {f"chains_{name}": array for name, array in working.chains._asdict().items()}

    def fill(folder: Path) -> None:
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
        question = kept.question
        meta = {"form": FORM, "digest": question.digest, "policy": question.policy}
        meta |= {"radius": working.radius}
        (folder / _META).write_text(json.dumps(meta), encoding="utf-8")

    try:
        folder = write_folder(root / FOLDER, kept.key, fill)
        for other in (root / FOLDER).iterdir():
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
    except OSError:
        shutil.rmtree(root / FOLDER, ignore_errors=True)


def has_working(root: Path, key: str) -> bool:
    """Return whether what the scan of a key worked out stands there."""
    return (root / FOLDER / key / _META).is_file()


def working_of(root: Path, kept: KeptScan) -> Working | None:
    """Return what a kept scan worked out, or None where it is not there or of another version."""
    folder = root / FOLDER / kept.key
    try:
        meta = json.loads((folder / _META).read_text(encoding="utf-8"))
        if meta["form"] != FORM or meta["digest"] != kept.question.digest:
            return None

        def read(name: str) -> NDArray[Any]:
            return _held(folder / f"{name}.npy", roomy=name not in _AS_IT_IS)

        def result(name: str) -> NDArray[Any]:
            return _held(kept.folder / f"{name}.npy", roomy=True)

        return Working(
            **{name: read(name) for name in (*_AS_IT_IS, *_HELD)},
            pairs=Pairs(*(read(f"pairs_{name}") for name in Pairs._fields)),
            chains=Chains(*(read(f"chains_{name}") for name in Chains._fields)),
            radius=Radius(*meta["radius"]),
            exposure=result("exposure"),
            floor=result("floor"),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _held(path: Path, *, roomy: bool) -> NDArray[Any]:
    """Return an array read into memory, with room behind where it is to be.

    It is looked at, and written to, here and there. Of a mapped file each such page of 4 KB is
    found, and copied, by itself: to read all in a row, into large pages, costs less.
    """
    with path.open("rb") as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError("it is of another form than numpy.save writes")
        shape, _, kind = np.lib.format.read_array_header_1_0(file)
        found: NDArray[Any] = np.empty((_roomy(shape[0]) if roomy else shape[0], *shape[1:]), kind)
        filled = found[: shape[0]].reshape(-1).view(np.uint8).data
        # Of a file on the disk all is read at once; a shorter one was cut off.
        if file.readinto(filled) != filled.nbytes:
            raise ValueError("it holds less than it says")
    return found
