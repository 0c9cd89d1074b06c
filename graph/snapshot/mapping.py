"""Files mapped into memory: their pages are the system's, which can have them back at any time."""

import mmap
import os
from math import prod
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import Any
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

_MAPS: WeakSet[mmap.mmap] = WeakSet()
_LOCK = Lock()
# On a disk, where /tmp may be memory (Filesystem Hierarchy Standard 3.0, 5.15).
_DISK = "/var/tmp"  # noqa: S108 - a file there never has a name


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


class _Aside:
    """From how many bytes on an array goes to a file of its own; None: none does."""

    least: int | None = None


def set_aside_from(least: int | None) -> None:
    """Let `aside` put arrays of so many bytes or more into files: for a server, which stays.

    A command that ends within a second would only wait for the disk.
    """
    _Aside.least = least


def aside(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array of numbers as it is, or with its content in a file that has no name.

    What is derived from a snapshot and kept then is the system's to hold, as the snapshot is.
    """
    if _Aside.least is None or array.nbytes < _Aside.least:
        return array
    made = _room(array.shape, array.dtype)
    if made is None:
        return array
    made[...] = array
    return made


def zeros(size: int, kind: type[np.generic]) -> NDArray[Any]:
    """Return zeros, of which memory is taken as they become something else; as `aside` has them."""
    bytes_ = size * np.dtype(kind).itemsize
    found = None
    if _Aside.least is not None and bytes_ >= _Aside.least:
        found = _room((size,), np.dtype(kind))
    return np.zeros(size, kind) if found is None else found


def _room(shape: tuple[int, ...], kind: np.dtype[Any]) -> NDArray[Any] | None:
    """Return zeros in a file of their own, None where the disk has no room for them."""
    size = prod(shape) * kind.itemsize
    try:
        with TemporaryFile(dir=_DISK if os.path.isdir(_DISK) else None) as file:  # noqa: PTH112
            # All of it now: a page that the disk has no room for later would end the process.
            os.posix_fallocate(file.fileno(), 0, size)
            held = mmap.mmap(file.fileno(), size)
    except OSError:
        return None
    with _LOCK:
        _MAPS.add(held)
    return np.ndarray(shape, kind, held)


def let_go() -> None:
    """Give every page of a mapped file back to the system's cache; the next look brings it again.

    The system maps what lies around a page along with it, so that looks here and there at a
    gigabyte of rows count as a gigabyte of this process.
    """
    with _LOCK:
        held = tuple(_MAPS)
    for one in held:
        one.madvise(mmap.MADV_DONTNEED)
