"""The match weight at which Splink is at its best, found on the truth in a process of its own."""

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.truth import agreement

LEAST_PRECISION = 0.9999
# What the peer gives up for that: its F1 where ten times as many pairs may be wrong.
LOOSE_PRECISION = 0.999
# Match weights that are tried: from the weakest pair to what no wrong pair reaches, then finer on
# both sides of the best.
_LOWEST, _HIGHEST, _STEPS = -10.0, 20.0, (0.5, 0.1)


def best_weight(pairs: pl.DataFrame, truth: pl.DataFrame, least: float) -> tuple[float, float]:
    """Return from which match weight on pairs give the highest F1 at a precision, and that F1.

    Components are Splink's clusters. Where none is as precise, the most precise, and precision.
    """
    number = truth.select("mention").with_row_index("place")
    ends = pairs.join(number, left_on="mention_l", right_on="mention")
    ends = ends.join(number, left_on="mention_r", right_on="mention", suffix="_r")
    coarse, fine = _STEPS
    wide = np.arange(_LOWEST, _HIGHEST, coarse)
    first = max(_fit(ends, truth, weight, least) for weight in wide)
    near = np.arange(first[2] - coarse, first[2] + coarse, fine)
    _, reached, weight = max(first, *(_fit(ends, truth, weight, least) for weight in near))
    return weight, reached


def _fit(
    ends: pl.DataFrame, truth: pl.DataFrame, weight: float, least: float
) -> tuple[bool, float, float]:
    kept = ends.filter(pl.col("match_weight") >= weight)
    places = (kept["place"].to_numpy(), kept["place_r"].to_numpy())
    links = coo_array((np.ones(kept.height, np.int8), places), (truth.height, truth.height))
    _, component = connected_components(links, directed=False)
    right = agreement(truth.with_columns(pl.Series("uid", component)))
    enough = right.precision >= least
    return enough, right.f1 if enough else right.precision, round(float(weight), 1)


def main() -> None:
    """Print the best weight and the F1 at LOOSE_PRECISION of the pairs in FOLDER."""
    folder = Path(sys.argv[1])
    pairs, truth = (pl.read_parquet(folder / f"{one}.parquet") for one in ("pairs", "truth"))
    weight, _ = best_weight(pairs, truth, LEAST_PRECISION)
    _, loose = best_weight(pairs, truth, LOOSE_PRECISION)
    print(json.dumps([weight, loose]))


if __name__ == "__main__":
    main()
