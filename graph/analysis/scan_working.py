"""What a scan worked out, kept so that the next one goes on from it; it may be deleted."""

import json
import math
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
FORM = 8
FOLDER = "working"
_META = "meta.json"
_AS_IT_IS = ("uids", "rows", "source", "target", "broad")
_HELD = ("once", "twice", "widest", "weights", "there", "into", "allowed")
# Entries of pairs, of which the next scan looks at some and puts new ones behind, are mapped, as is
# what it goes through once: nothing is copied that nobody looks at. What it writes to here and
# there is read: to copy it page by page costs more.
_ENTRIES = ("source", "p", "seed", "p_back", "seed_back", "rest", "rest_back", "leaf")
# The last, S, is among the results.
_PAIRS = Pairs._fields[:-1]
_MAPPED = {*_AS_IT_IS, *(f"pairs_{name}" for name in _ENTRIES)}
# Behind the others is room for what the next scan adds: a quarter of them, and a little.
_PART, _LEAST = 4, 1_000


def _roomy(length: int) -> int:
    return length + length // _PART + _LEAST if length else 0


def _written(path: Path, array: NDArray[Any]) -> None:
    """Write an array as longer than it is: what lies behind takes no place on the disk."""
    shape = (_roomy(array.shape[0]), *array.shape[1:])
    kind = np.lib.format.dtype_to_descr(array.dtype)
    header = {"descr": kind, "fortran_order": False, "shape": shape}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        begin = file.tell()
        np.ascontiguousarray(array).tofile(file)
        file.truncate(begin + math.prod(shape) * array.dtype.itemsize)


def keep_working(root: Path, kept: KeptScan, working: Working) -> None:
    """Keep what a scan worked out in place of what the one before did; whole or not at all.

    Nothing is lost where it cannot be written: the next scan then looks at everything.
    """
    names = (*_AS_IT_IS, *_HELD)
    arrays: dict[str, NDArray[Any]] = {name: getattr(working, name) for name in names}
    arrays |= {f"pairs_{name}": getattr(working.pairs, name) for name in _PAIRS}
    arrays |= {f"chains_{name}": array for name, array in working.chains._asdict().items()}

    def fill(folder: Path) -> None:
        for name, array in arrays.items():
            if name in _MAPPED and name not in _AS_IT_IS:
                _written(folder / f"{name}.npy", array)
            else:
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
            path = folder / f"{name}.npy"
            return _mapped(path) if name in _MAPPED else _held(path)

        def result(name: str) -> NDArray[Any]:
            return _held(kept.folder / f"{name}.npy")

        return Working(
            **{name: read(name) for name in (*_AS_IT_IS, *_HELD)},
            pairs=Pairs(**{name: read(f"pairs_{name}") for name in _PAIRS}, own=result("own_ppm")),
            chains=Chains(*(read(f"chains_{name}") for name in Chains._fields)),
            radius=Radius(*meta["radius"]),
            exposure=result("exposure"),
            floor=result("floor"),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _mapped(path: Path) -> NDArray[Any]:
    """Return an array mapped into memory; a write would stay there.

    Kernels are compiled for arrays that may be written, and nothing is read that is not asked for.
    """
    return np.asarray(np.load(path, mmap_mode="c", allow_pickle=False))


def _held(path: Path) -> NDArray[Any]:
    """Return an array read into memory, with room behind."""
    with path.open("rb") as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError("it is of another form than numpy.save writes")
        shape, _, kind = np.lib.format.read_array_header_1_0(file)
        found: NDArray[Any] = np.empty((_roomy(shape[0]), *shape[1:]), kind)
        filled = found[: shape[0]].reshape(-1).view(np.uint8).data
        # Of a file on the disk all is read at once; a shorter one was cut off.
        if file.readinto(filled) != filled.nbytes:
            raise ValueError("it holds less than it says")
    return found
