"""Weights of the comparison of parties: fitted on labelled pairs, written to weights.yml.

Logistic regression whose weights keep the order of the levels: more agreement never counts less.
Levels of which the worlds hold no cases weigh by chance agreement among different parties
(the logarithm of how much rarer it is there), those of shared colleagues by listed companies.
"""

import argparse
import math
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.cases import hidden, labelled, listed, world
from graph.names.features import LEVEL, NEITHER, TWO, Feature
from loaders.resolve.leads import FEATURES
from loaders.resolve.pairs import Statements
from loaders.resolve.weights import FILE

# Neither world is one that benchmarks/quality.py measures.
FITTED, CHECKED = 11, 12
ENTERPRISES = 9_900
# One thing alone never says more than 100 to 1: brands are rarer in worlds than in registers.
MOST = math.log(100)
# Of two persons of one name of three characters in different listed companies this part is not
# provably two (24,775 directorships). The worlds would say .97: their people have more namesakes
# that are one. The lower figure counts, so no score promises what real data does not bear out.
LISTED = 0.87
# Least score of a lead. Of two shops of one name either is as likely a row's own: a person must see
# both. Of persons what leaves the queue within 2 % of mentions (quality.py).
REVIEW = {"organisations": 0.4, "persons": 0.86}
_RIDGE = 1.0
REAL, HIDDEN, LISTED_NAMES = KINDS = ("real", "hidden", "listed")
THRESHOLDS = (0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95)
Floats = NDArray[np.float64]

# What the worlds hold no cases of, as logarithms of odds.
CHANCE: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "organisations": {
        # Two in a hundred registers err on a day; two firms share one of 10,000 by chance.
        "register": {"both": MOST, "date": MOST, "capital": 1.5, "conflict": math.log(0.02)},
        # Another firm in the block of a name has the same own phone or address once in a hundred.
        "contact": {"own": math.log(100), "shared": math.log(5)},
        # Numbers are given out twice at times (domain.md 4.3).
        "number": {"equal": math.log(100)},
        # A look-alike is one of some characters, a homophone one of a dozen.
        "former": {"equal": math.log(5)},
    },
    "persons": {
        # Of people born 1955-2003 in 21 cities: region, and year, and the four last characters.
        "number": {"region": math.log(10), "year": math.log(450), "many": MOST},
        "sex": {"equal": math.log(2)},
        # An age is told a year off at one in twenty; four of 49 years are as near by chance.
        "birth": {"equal": math.log(49), "near": math.log(0.05 / (4 / 49))},
        "certificate": {"equal": MOST},
        # 24,775 directorships: pairs of one name that are provably two share a colleague's name
        # at .24 %, two at .13 %; those of one age at 5.3 % and 14.1 %.
        "organisation": {
            "linked": 3.08,
            "mate": 3.08,
            "mates": 4.65,
            "equal": 4.65,
        },
    },
}


def order(feature: Feature) -> tuple[list[int], list[int]]:
    """Return the places of levels that speak for one party, and against, the weakest first."""
    places = sorted(range(len(feature.levels)), key=lambda place: feature.levels[place].part)
    parts = [feature.levels[place].part for place in places]
    pro = [place for place, part in zip(places, parts, strict=True) if part > NEITHER]
    contra = [place for place, part in zip(places, parts, strict=True) if TWO < part < NEITHER]
    return pro, contra[::-1]


def fitted(
    cases: pl.DataFrame, features: Sequence[Feature], chance: Mapping[str, Mapping[str, float]]
) -> tuple[float, dict[str, dict[str, float]]]:
    """Return (prior, weights) for cases with `same` and `kind`; the prior is that of REAL ones."""
    steps = [
        (feature, places[turn:], sign)
        for feature in features
        if feature.name not in chance
        for places, sign in zip(order(feature), (1.0, -1.0), strict=True)
        for turn in range(len(places))
    ]
    columns = [
        sign * cases[feature.name + LEVEL].is_in(above).to_numpy().astype(np.float64)
        for feature, above, sign in steps
    ]
    # Each kind of cases has its own part that is true: only the weights are common.
    kinds = [(cases["kind"] == kind).to_numpy().astype(np.float64) for kind in KINDS]
    design = np.column_stack([*kinds, *columns])
    known = _odds(cases, features, chance)
    bounds: list[tuple[float | None, float | None]] = [(None, None)] * len(kinds)
    found = _regression(
        design, known, cases["same"].to_numpy(), bounds + [(0.0, MOST)] * len(columns)
    )
    weights = {feature.name: dict(chance.get(feature.name, {})) for feature in features}
    for (feature, above, sign), value in zip(steps, found[len(kinds) :], strict=True):
        for place in above:
            name = feature.levels[place].name
            weights[feature.name][name] = weights[feature.name].get(name, 0.0) + sign * value
    rounded = {
        name: {
            level: round(float(max(-MOST, min(MOST, value))), 2) for level, value in held.items()
        }
        for name, held in weights.items()
        if held
    }
    return round(float(found[KINDS.index(REAL)]), 2), rounded


def _regression(
    design: Floats,
    known: Floats,
    same: NDArray[np.bool_],
    bounds: Sequence[tuple[float | None, float | None]],
) -> Floats:
    """Return the weights of most likelihood within bounds; a ridge holds those that are bounded."""
    held = np.array([low is not None for low, _ in bounds])

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = design @ weights + known
        error = 1 / (1 + np.exp(-odds)) - same
        ridge = _RIDGE * weights * held
        value = np.sum(np.logaddexp(0, odds) - same * odds) + (ridge * weights).sum() / 2
        return float(value), design.T @ error + ridge

    start = np.zeros(design.shape[1])
    found: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found


def _odds(
    cases: pl.DataFrame, features: Sequence[Feature], weights: Mapping[str, Mapping[str, float]]
) -> Floats:
    odds = np.zeros(cases.height)
    for feature in features:
        held = [weights.get(feature.name, {}).get(one.name, 0.0) for one in feature.levels]
        odds += np.array(held)[cases[feature.name + LEVEL].to_numpy()]
    return odds


def scores(cases: pl.DataFrame, features: Sequence[Feature], found: Mapping[str, Any]) -> Floats:
    """Return the probability of each case under the weights."""
    odds = float(found["prior"]) + _odds(cases, features, found["weights"])
    result: Floats = 1 / (1 + np.exp(-odds))
    return result


def quality(cases: pl.DataFrame, score: Floats) -> list[dict[str, float]]:
    """Return precision and recall among the compared pairs at each threshold."""
    same = cases["same"].to_numpy()
    return [
        {
            "score": threshold,
            "pairs": int((score >= threshold).sum()),
            "precision": round(float(same[score >= threshold].mean()), 3)
            if (score >= threshold).any()
            else 1.0,
            "recall": round(float((same & (score >= threshold)).sum() / max(1, same.sum())), 3),
        }
        for threshold in THRESHOLDS
    ]


def cases_of(seed: int, enterprises: int) -> dict[str, pl.DataFrame]:
    """Return the labelled pairs of a world, `kind` REAL as they are, HIDDEN with codes hidden."""
    with tempfile.TemporaryDirectory() as name:
        return kinds_of(*world(enterprises, seed, Path(name)))


def kinds_of(statements: Statements, truth: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the labelled pairs of a loaded world, with those of listed companies."""
    found = {
        whose: cases.with_columns(kind=pl.lit(REAL))
        for whose, cases in labelled(statements, truth).items()
    }
    more = {HIDDEN: labelled(hidden(statements), truth), LISTED_NAMES: labelled(*listed())}
    parts = [cases["organisations"].with_columns(kind=pl.lit(kind)) for kind, cases in more.items()]
    found["organisations"] = pl.concat([found["organisations"], *parts])
    return found


def main() -> None:
    """Fit the weights on one world, check them on another and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=ENTERPRISES)
    enterprises = parser.parse_args().enterprises
    write(cases_of(FITTED, enterprises), cases_of(CHECKED, enterprises), enterprises)


def write(
    cases: Mapping[str, pl.DataFrame], checks: Mapping[str, pl.DataFrame], enterprises: int
) -> None:
    """Fit on `cases`, check on `checks`, write the file."""
    result: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "source": f"benchmarks/fit.py: demonstration worlds of {enterprises:,} enterprises, fitted"
        f" on seed {FITTED}, checked on seed {CHECKED}; short and full names"
        " and 24,775 directorships of listed companies",
    }
    for whose, features in FEATURES.items():
        prior, weights = fitted(cases[whose], features, CHANCE[whose])
        if whose == "persons":
            alone = weights["name"]["three"] + weights["rarity"]["only_two"]
            prior = round(math.log(LISTED / (1 - LISTED)) - alone, 2)
        found = {"prior": prior, "review": REVIEW[whose], "weights": weights}
        real = checks[whose].filter(pl.col("kind") == REAL)
        found["quality"] = quality(real, scores(real, features, found))
        found["cases"] = {"pairs": cases[whose].height, "same": int(cases[whose]["same"].sum())}
        result[whose] = found
        print(whose, yaml.safe_dump(found, allow_unicode=True, sort_keys=False))
    text = yaml.safe_dump(
        result, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100
    )
    FILE.write_text(
        "# Written by benchmarks/fit.py; docs/resolution.md says what it means.\n" + text,
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
