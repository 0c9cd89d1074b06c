"""Files mapped into memory: their pages are the system's, which can have them back at any time."""

import mmap
from math import prod
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

_MAPS: WeakSet[mmap.mmap] = WeakSet()
_LOCK = Lock()


def map_file(path: Path) -> mmap.mmap:
    """Return a file to read as it lies; OSError or ValueError where it cannot be mapped."""
    with path.open("rb") as file:
        held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    with _LOCK:
        _MAPS.add(held)
    return held


def map_array(path: Path) -> NDArray[Any]:
    """Return the array of a .npy file as it lies; OSError or ValueError where it is none.

    It is a plain array: what numpy.memmap adds costs at each access.
    """
    held = map_file(path)
    if np.lib.format.read_magic(held) != (1, 0):
        raise ValueError("it is of another form than numpy.save writes")
    shape, by_columns, kind = np.lib.format.read_array_header_1_0(held)
    if kind.hasobject or held.tell() + prod(shape) * kind.itemsize > len(held):
        raise ValueError("it holds no array of numbers or texts, or not all of it")
    return np.ndarray(shape, kind, held, held.tell(), order="F" if by_columns else "C")


def let_go() -> None:
    """Give every page of a mapped file back to the system's cache; the next look brings it again.

    The system maps what lies around a page along with it, so that looks here and there at a
    gigabyte of rows count as a gigabyte of this process.
    """
    with _LOCK:
        held = tuple(_MAPS)
    for one in held:
        one.madvise(mmap.MADV_DONTNEED)
