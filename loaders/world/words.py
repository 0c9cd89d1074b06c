"""The word lists of which the invented world is made."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from graph.documents import read_shipped

_FOLDER = Path(__file__).parent


@cache
def words() -> Mapping[str, Any]:
    """Return the lists of words.yml."""
    content: Mapping[str, Any] = read_shipped(_FOLDER / "words.yml")
    return content


@cache
def districts() -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return (code, name) of the districts of each city by its four digits."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, name in pl.read_csv(_FOLDER / "places.csv", infer_schema=False).rows():
        found.setdefault(code[:4], []).append((code, name))
    return found


def pick(
    rng: np.random.Generator, values: Sequence[Any], weights: Sequence[float] | None, size: int
) -> npt.NDArray[Any]:
    """Return `size` of the values, by weight."""
    chances = None
    if weights is not None:
        chances = np.asarray(weights, np.float64)
        chances /= chances.sum()
    places = rng.choice(len(values), size, p=chances)
    return np.asarray(values, dtype=object)[places]


def pick_weighted(
    rng: np.random.Generator, values: Mapping[str, float], size: int
) -> npt.NDArray[Any]:
    """Return `size` of the keys, by their weights."""
    return pick(rng, list(values), list(values.values()), size)
