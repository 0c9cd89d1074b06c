"""What two parties are compared by: each feature says a part, 0..1, and what made it, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

# A part of .5 says nothing; above it speaks for one party, below against; 0 says that they are two.
NEITHER, TWO = 0.5, 0.0
# Behind a column's name: the same of the other party.
OTHER = "_other"
# Behind a feature's name in an answer of `judged`.
LEVEL, WORDS = "_level", "_words"


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison: when it holds, the part, 0..1, and its evidence in words."""

    name: str
    part: float
    when: pl.Expr
    words: pl.Expr


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing compared; of its levels the first that holds counts, the last always does."""

    name: str
    levels: tuple[Level, ...]


def level(name: str, part: float, when: pl.Expr | None = None, words: str = "") -> Level:
    """Return a level; `words` may name columns in braces: 字号相同（{brand}）."""
    holds = pl.lit(value=True) if when is None else when.fill_null(value=False)
    return Level(name, part, holds, _filled(words))


def _filled(words: str) -> pl.Expr:
    """Return the words with columns filled in, null where there are none to say."""
    if not words:
        return pl.lit(None, dtype=pl.String)
    pieces: list[pl.Expr] = []
    for piece in words.split("{"):
        column, closed, rest = piece.partition("}")
        text = rest if closed else piece
        pieces += [pl.col(column).cast(pl.String).fill_null("—")] if closed else []
        pieces += [pl.lit(text)] if text else []
    return pl.concat_str(pieces)


def judged(pairs: pl.DataFrame, features: Sequence[Feature]) -> pl.DataFrame:
    """Return for each pair and feature the place of its level and its words, null for none."""
    levels, words = [], []
    for feature in features:
        place: pl.Expr = pl.lit(len(feature.levels) - 1, dtype=pl.UInt8)
        text = feature.levels[-1].words
        for number, one in reversed(list(enumerate(feature.levels[:-1]))):
            place = pl.when(one.when).then(pl.lit(number, dtype=pl.UInt8)).otherwise(place)
            text = pl.when(one.when).then(one.words).otherwise(text)
        levels.append(place.alias(feature.name + LEVEL))
        words.append(text.cast(pl.String).alias(feature.name + WORDS))
    return pairs.select(*levels, *words)


def in_words(features: Iterable[Feature]) -> pl.Expr:
    """Return the evidence of a judged pair: what speaks for one party, then what against."""
    pro, contra = [], []
    for feature in features:
        part = pl.col(feature.name + LEVEL).replace_strict(
            dict(enumerate(one.part for one in feature.levels)), return_dtype=pl.Float64
        )
        words = pl.col(feature.name + WORDS)
        pro.append(pl.when(part >= NEITHER).then(words))
        contra.append(pl.when(part < NEITHER).then(words))
    against = pl.concat_str(contra, separator="；", ignore_nulls=True)
    against = pl.when(against != "").then(pl.concat_str(pl.lit("不支持："), against))
    return pl.concat_str([*pro, against], separator="；", ignore_nulls=True)


def apart(features: Iterable[Feature]) -> pl.Expr:
    """Return whether any feature of a judged pair says that they are two."""
    return pl.any_horizontal(
        pl.col(feature.name + LEVEL).is_in(
            [place for place, one in enumerate(feature.levels) if one.part == TWO]
        )
        for feature in features
    )
