"""What finds the parties of a snapshot, kept on disk: only the first search works it out."""

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.snapshot.folder import write_folder
from graph.snapshot.mapping import map_array

Arrays = Mapping[str, NDArray[Any]]

# Counted up when the arrays of a part say something else.
FORM = 1
META = "meta.json"
# Snapshots that are looked into by turns: that of today, and what was known on some days.
_MOST_SNAPSHOTS = 3
# Names are found by hashes, which another version of polars may make otherwise.
_PROBE = "深圳市恒裕建材有限公司"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the parts of what finds the parties of one snapshot stand: `<root>/<snapshot>/<part>`.

    All of it may be deleted. Where it cannot be written, each process works it out for itself.
    """

    root: Path
    snapshot: str

    def part(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """Return the arrays of a part, mapped from their files, made and kept where none stand."""
        folder = self.root / self.snapshot / name
        found = _read(folder)
        if found is not None:
            return found
        made = make()
        with suppress(OSError):
            write_folder(folder.parent, name, lambda aside: _fill(aside, made))
            self._drop_others()
            # As files, they are memory that the system can have back.
            found = _read(folder)
        return made if found is None else found

    def _drop_others(self) -> None:
        """Take away what was kept of all but the last few snapshots."""
        others = [path for path in self.root.iterdir() if path.name != self.snapshot]
        others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in others[_MOST_SNAPSHOTS - 1 :]:
            shutil.rmtree(path, ignore_errors=True)


def _meta(names: list[str]) -> dict[str, object]:
    """Return all, but the snapshot, that the files are a function of."""
    return {
        "form": FORM,
        "xinmai": version("xinmai"),
        "polars": pl.__version__,
        "probe": int(pl.Series([_PROBE]).hash().item()),
        "arrays": names,
    }


def _fill(aside: Path, made: Arrays) -> None:
    for name, array in made.items():
        np.save(aside / f"{name}.npy", array, allow_pickle=False)
    (aside / META).write_text(json.dumps(_meta(list(made))), encoding="utf-8")


def _read(folder: Path) -> Arrays | None:
    """Return the arrays of a part; None where they are not there, not whole or not of today."""
    try:
        said = json.loads((folder / META).read_bytes())
        names = list(said["arrays"])
        if said != _meta(names):
            return None
        return {name: map_array(folder / f"{name}.npy") for name in names}
    except (OSError, ValueError, KeyError, TypeError):
        return None
