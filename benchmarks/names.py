"""Short names that mean full ones: how often the right one comes first, beside rapidfuzz.

The names are the 7,828 pairs of listed companies' short and full names, each short name looked for
among all full ones. The peer is rapidfuzz's Jaro-Winkler on names folded as ours are: the best of
its ratio, partial_ratio, WRatio and Jaro-Winkler on whole names, on names without words for forms
and on our brand and trade.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from benchmarks.measure import Figure, median, report, seconds
from graph.names.index import Match, NameIndex, index_of
from graph.names.key import comparable, short_form
from graph.names.segments import segments

PAIRS = (
    Path(__file__).resolve().parents[2]
    / "shared"
    / "data"
    / "name_matching"
    / "listed_short_full_7829.csv"
)
FIRST = 5
MANY = 1_000_000
# What a batch look-up of names is asked about.
BATCH = 500
SEARCHES = 100


def pairs() -> tuple[list[str], list[str]]:
    """Return (short names, full names) of the same length."""
    with PAIRS.open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.reader(lines) if len(row) == 2 and all(row)][1:]
    return [row[0] for row in rows], [row[1] for row in rows]


def hits(shorts: Sequence[str], fulls: Sequence[str]) -> tuple[float, float]:
    """Return parts of the short names whose full name comes first, and among the first five."""
    index = index_of(pl.Series(fulls))
    first = among = 0
    for short, full in zip(shorts, fulls, strict=True):
        found = [fulls[match.place] for match in index.find(short, FIRST, least=0.0)]
        first += found[:1] == [full]
        among += full in found
    return first / len(shorts), among / len(shorts)


def peer_hits(shorts: Sequence[str], fulls: Sequence[str]) -> tuple[float, float]:
    """Return the same of rapidfuzz's Jaro-Winkler, ties as the names came."""
    wanted, names = [short_form(short) for short in shorts], [comparable(full) for full in fulls]
    scores = process.cdist(wanted, names, scorer=JaroWinkler.similarity, workers=-1)
    order = (-scores).argsort(axis=1, kind="stable")[:, :FIRST]
    found = [[fulls[place] for place in row] for row in order]
    first = sum(row[0] == full for row, full in zip(found, fulls, strict=True))
    among = sum(full in row for row, full in zip(found, fulls, strict=True))
    return first / len(shorts), among / len(shorts)


def _many(fulls: Sequence[str]) -> list[str]:
    """Return a million names: brands of listed companies crossed with regions and the rest."""
    parts = [segments(comparable(full)) for full in fulls]
    found = []
    for turn in range(MANY // len(parts) + 1):
        for place, mine in enumerate(parts):
            # Numbers without a common divisor with the count: each pair of names comes once.
            other = parts[(place * 7 + turn * 61 + 1) % len(parts)]
            third = parts[(place * 3 + turn * 17 + 5) % len(parts)]
            found.append(f"{other.region}{mine.brand}{third.trade}{third.form}")
    return found[:MANY]


def main() -> None:
    """Measure both on the pairs, then the index alone on a million names."""
    shorts, fulls = pairs()
    ours = hits(shorts, fulls)
    peer = peer_hits(shorts, fulls)
    names = pl.Series(_many(fulls))
    built: list[NameIndex] = []
    build = seconds(lambda: built.append(index_of(names)))
    index = built[0]
    found: list[list[Match]] = []
    took = [seconds(lambda text=text: found.append(index.find(text))) for text in shorts[:SEARCHES]]
    wanted = shorts[SEARCHES : SEARCHES + BATCH]
    batch = seconds(lambda: [index.find(text) for text in wanted])
    alone = names.to_list()
    rapid = median(
        [
            seconds(process.extract, text, alone, scorer=JaroWinkler.similarity, limit=FIRST)
            for text in shorts[:FIRST]
        ]
    )
    report(
        "names",
        f"Short names among {len(fulls):,} full ones",
        [
            Figure("first hit", ours[0], "", "≥ .965"),
            Figure("among the first five", ours[1], "", "≥ .99"),
            Figure("rapidfuzz Jaro-Winkler, first hit", peer[0], ""),
            Figure("rapidfuzz Jaro-Winkler, among the first five", peer[1], ""),
            Figure("index of 1,000,000 names", build, "s"),
            Figure("one name among 1,000,000, median of 100", median(took), "s", "≤ .03 s"),
            Figure("500 names among 1,000,000", batch, "s", "≤ 3 s"),
            Figure("one name / rapidfuzz over all", median(took) / rapid, "×"),
        ],
    )


if __name__ == "__main__":
    main()
