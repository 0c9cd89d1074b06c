"""What a scan worked out, kept so that the next one goes on from it; it may be deleted."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.analysis.kernels.pairs import Pairs
from graph.analysis.kernels.scan import Chains
from graph.analysis.rescan import Radius, Working
from graph.analysis.scan_files import KeptScan
from graph.snapshot.folder import write_folder

# Counted up when a kernel makes something else of the same graph.
FORM = 3
FOLDER = "working"
_META = "meta.json"
_PLAIN = (
    "uids", "rows", "source", "target", "broad", "once", "twice", "weights", "there", "widest",
)  # fmt: skip
_CHAINS = ("floors", "wides")


def keep_working(root: Path, kept: KeptScan, working: Working) -> None:
    """Keep what a scan worked out in place of what the one before did; whole or not at all.

    Nothing is lost where it cannot be written: the next scan then looks at everything.
    """
    arrays: dict[str, NDArray[Any]] = {name: getattr(working, name) for name in _PLAIN}
    arrays |= {f"pairs_{name}": array for name, array in working.pairs._asdict().items()}
    for name in _CHAINS:
        chains: Chains = getattr(working, name)
        arrays |= {f"{name}_longer": chains.longer, f"{name}_over": chains.over}

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
            return _mapped(folder / f"{name}.npy")

        def chains(name: str) -> Chains:
            # Those of one link are found again from the pairs.
            none = np.zeros(0, np.int32), np.zeros((1, 3)), np.full((1, 3), -1, np.int32)
            return Chains(*none, read(f"{name}_longer"), read(f"{name}_over"))

        def result(name: str) -> NDArray[Any]:
            return _mapped(kept.folder / f"{name}.npy")

        return Working(
            uids=read("uids"),
            rows=read("rows"),
            source=read("source"),
            target=read("target"),
            broad=read("broad"),
            pairs=Pairs(*(read(f"pairs_{name}") for name in Pairs._fields)),
            once=read("once"),
            twice=read("twice"),
            weights=read("weights"),
            there=read("there"),
            radius=Radius(*meta["radius"]),
            floors=chains("floors"),
            wides=chains("wides"),
            widest=read("widest"),
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
