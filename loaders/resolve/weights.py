"""How much each outcome of a comparison weighs: fitted, dated and kept in weights.yml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from graph.documents import read_shipped
from graph.names.features import LEVEL, Feature

FILE = Path(__file__).parent / "weights.yml"


@dataclass(frozen=True, slots=True)
class Weights:
    """The logarithm of the odds that a pair is one party before it is compared, and by level.

    `weights[feature][level]` is added for what was found; a level without one adds nothing.
    `review` is the least probability of a lead.
    """

    prior: float
    review: float
    weights: Mapping[str, Mapping[str, float]]

    def score(self, features: Iterable[Feature]) -> pl.Expr:
        """Return the probability, 0..1, that a judged pair is one party."""
        odds = pl.lit(self.prior)
        for feature in features:
            held = self.weights.get(feature.name, {})
            by_place = {
                place: float(held.get(one.name, 0)) for place, one in enumerate(feature.levels)
            }
            odds = odds + pl.col(feature.name + LEVEL).replace_strict(
                by_place, return_dtype=pl.Float64
            )
        return 1 / (1 + (-odds).exp())


@cache
def weights(whose: str) -> Weights:
    """Return the weights for pairs of "organisations" or of "persons"."""
    found = read_shipped(FILE)[whose]
    return Weights(found["prior"], found["review"], found["weights"])
