"""Names in alphabets, 826 labelled international pairs: which are one, beside rapidfuzz.

The peer is WRatio with rapidfuzz's own folding: the best of its ratio, partial_ratio, token_sort,
token_set and WRatio and of Jaro-Winkler here.
"""

import csv
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, utils
from scipy.stats import rankdata

from benchmarks.measure import Figure, report
from benchmarks.names import PAIRS
from graph.names.latin import alike

CASES = PAIRS.with_name("nomenklatura_name_bench_cases.csv")


def cases() -> tuple[list[tuple[str, str]], NDArray[np.bool_]]:
    """Return the pairs of names, and which of them are one."""
    with CASES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    same = np.array([row["is_match"] == "true" for row in rows])
    return [(row["name1"], row["name2"]) for row in rows], same


def figures(compare: Callable[[str, str], float]) -> tuple[float, float, float]:
    """Return (area under the curve, best F1, best accuracy) of a comparison over all thresholds."""
    pairs, same = cases()
    score = np.array([compare(one, other) for one, other in pairs])
    ranks, true = rankdata(score), int(same.sum())
    area = (ranks[same].sum() - true * (true + 1) / 2) / (true * (same.size - true))
    said = [score >= threshold for threshold in np.unique(score)]
    best = max(2 * float((one & same).sum()) / float(one.sum() + true) for one in said)
    return float(area), best, max(float((one == same).mean()) for one in said)


def rapid(one: str, other: str) -> float:
    """Return how alike rapidfuzz's WRatio finds two names."""
    return fuzz.WRatio(one, other, processor=utils.default_process)


def main() -> None:
    """Measure both."""
    kinds = ("area under the curve", "best F1", "best accuracy")
    ours, peer = figures(alike), figures(rapid)
    report(
        "alphabets",
        "International names: 826 labelled pairs",
        [
            Figure(f"{whose}{kind}", value, "", target)
            for whose, values, target in (
                ("", ours, "≥ rapidfuzz"),
                ("rapidfuzz WRatio: ", peer, ""),
            )
            for kind, value in zip(kinds, values, strict=True)
        ],
    )


if __name__ == "__main__":
    main()
