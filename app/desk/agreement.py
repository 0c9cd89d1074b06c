"""How far people agree: with each other on pairs that both judged, and blind with the score."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from app.desk.verdicts import Entry
from loaders.resolve.judgements import DECISIONS

# Lower ends of the tiers in which blind judgements are counted: tenths, as the score is shown.
TIERS = (0.9, 0.8, 0.7, 0.0)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two authors on the pairs that both judged.

    `raw` 0..1 is the part they judged alike. `kappa` is Cohen's (1960): what of the agreement that
    chance would not give was reached; None where chance alone would give all of it.
    """

    one: str
    other: str
    pairs: int
    alike: int
    raw: float
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Tier:
    """Blind judgements on pairs whose score is at least `least`, and below the tier above."""

    least: float
    same: int
    different: int
    unsure: int


@dataclass(frozen=True, slots=True)
class Figures:
    """How many judgements count, how many of them blind; agreements and tiers."""

    judgements: int
    blind: int
    by_decision: dict[str, int]
    agreements: tuple[Agreement, ...]
    tiers: tuple[Tier, ...]


def figures(standing: Sequence[Entry]) -> Figures:
    """Return the figures of the judgements that stand; of each author the last on a pair counts."""
    standing = _last(standing)
    by_author: dict[str, dict[tuple[str, ...], str]] = {}
    for entry in standing:
        said = by_author.setdefault(entry.author, {})
        said[tuple(sorted((entry.one, entry.other)))] = entry.decision
    found = []
    for one, other in combinations(sorted(by_author), 2):
        both = sorted(by_author[one].keys() & by_author[other].keys())
        if both:
            table = [(by_author[one][pair], by_author[other][pair]) for pair in both]
            found.append(_agreement(one, other, table))
    decisions = Counter(entry.decision for entry in standing)
    return Figures(
        judgements=len(standing),
        blind=sum(entry.blind for entry in standing),
        by_decision={name: decisions[name] for name in DECISIONS},
        agreements=tuple(found),
        tiers=_tiers([entry for entry in standing if entry.blind and entry.score is not None]),
    )


def _last(standing: Sequence[Entry]) -> Sequence[Entry]:
    """Return of each author the last judgement on each pair: it took the place of the others."""
    last = {(one.author, frozenset((one.one, one.other))): one for one in standing}
    return tuple(last.values())


def _agreement(one: str, other: str, table: Sequence[tuple[str, str]]) -> Agreement:
    count = len(table)
    alike = sum(mine == its for mine, its in table)
    mine, its = Counter(pair[0] for pair in table), Counter(pair[1] for pair in table)
    # In whole numbers: expected agreement of exactly 1 must be seen as such.
    chance, whole = sum(mine[name] * its[name] for name in DECISIONS), count * count
    kappa = None if chance == whole else (alike * count - chance) / (whole - chance)
    return Agreement(one, other, count, alike, alike / count, kappa)


def _tiers(blind: Sequence[Entry]) -> tuple[Tier, ...]:
    counts: dict[float, Counter[str]] = {least: Counter() for least in TIERS}
    for entry in blind:
        score = entry.score or 0.0
        counts[next(least for least in TIERS if score >= least)][entry.decision] += 1
    return tuple(
        Tier(least, *(counted[name] for name in DECISIONS)) for least, counted in counts.items()
    )
